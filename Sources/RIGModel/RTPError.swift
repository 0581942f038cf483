package import RIGJSON

/// Why a call failed: the only error that crosses modules on the request plane
/// (spec/rtp/tool-error.schema.json). It maps once to an HTTP status, an MCP answer and an exit
/// code, all by its `type`.
///
/// Made by the functions in RTPError+Refusals.swift and RTPError+Failures.swift, which know what
/// each type must carry.
package struct RTPError: Error, Equatable, Sendable {
    package static let messageCharactersMax = 8_192
    package static let remediationCharactersMax = 4_096

    package let type: ErrorType
    /// For the caller: no secret, no stack trace.
    package let message: String
    /// Whether the same call may be sent again without harm.
    package let retryable: Bool
    /// A finer word of the pack or its upstream.
    package let code: String?
    /// An object or an array.
    package let details: JSONValue?
    /// One sentence: what a person or the caller must do.
    package let remediation: String?
    /// With `approval_required` only.
    package let approval: ApprovalRequired?

    /// `retryable` counts only where the type leaves it open.
    init(
        _ type: ErrorType, _ message: String, retryable: Bool = false, code: String? = nil,
        details: JSONValue? = nil, remediation: String? = nil, approval: ApprovalRequired? = nil
    ) {
        precondition(code.map(TextRule.code.isMet) ?? true, "a code is a word")
        self.type = type
        self.message = Self.clip(
            message.isEmpty ? type.rawValue : message, to: Self.messageCharactersMax)
        self.retryable = type.retryableFixed ?? retryable
        self.code = code
        self.details = details
        self.remediation = remediation.flatMap { text in
            text.isEmpty ? nil : Self.clip(text, to: Self.remediationCharactersMax)
        }
        self.approval = approval
    }

    /// The first characters of a text that is longer than an error may carry.
    static func clip(_ text: String, to count: Int) -> String {
        // Bytes bound the characters, so short texts are not counted.
        guard text.utf8.count > count, text.unicodeScalars.count > count else { return text }
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: text.unicodeScalars.prefix(count - 1))
        return String(cut) + "…"
    }

    /// `details.retry_after_ms`, for the header Retry-After.
    package var retryAfterMilliseconds: Int? {
        details?["retry_after_ms"]?.int64.map { Int($0) }
    }

    /// Writes the object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string(type.rawValue)
        writer.key("message")
        writer.string(message)
        writer.key("retryable")
        writer.bool(retryable)
        if let code {
            writer.key("code")
            writer.string(code)
        }
        if let details {
            writer.key("details")
            writer.value(details)
        }
        if let remediation {
            writer.key("remediation")
            writer.string(remediation)
        }
        if let approval {
            writer.key("approval")
            approval.write(to: &writer)
        }
        writer.endObject()
    }
}
