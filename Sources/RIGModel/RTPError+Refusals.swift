internal import RIGJSON

/// Errors that RIG answers before a worker is asked: nothing has happened in the world.
extension RTPError {
    /// `what` says what is wrong with the text, envelope or header.
    package static func invalidRequest(_ what: String) -> RTPError {
        RTPError(.invalidRequest, what)
    }

    package static func unauthenticated(_ what: String = "no valid credential was sent")
        -> RTPError
    {
        RTPError(
            .unauthenticated, what,
            remediation: "Send the token of a role in an Authorization header.")
    }

    /// `action` follows "may not": `approve calls`.
    package static func forbidden(role: String, action: String) -> RTPError {
        RTPError(.forbidden, "the role \(role) may not \(action)")
    }

    /// `suggestions` are names of tools that exist.
    package static func toolNotFound(_ name: String, suggestions: [String] = []) -> RTPError {
        RTPError(
            .toolNotFound, "there is no tool \(quoted(name))",
            details: suggestions.isEmpty
                ? nil : ["suggestions": .array(suggestions.map { .string($0) })],
            remediation: suggestions.isEmpty
                ? "List the tools there are." : "Did you mean \(suggestions[0])?")
    }

    /// `reason` follows "because": `version 1.2.0 added it and no one has listed it`.
    package static func toolDisabled(_ name: QualifiedName, reason: String) -> RTPError {
        RTPError(
            .toolDisabled, "\(name) is disabled because \(reason)",
            remediation: "An operator can list it under tools of its pack in rig.yaml.")
    }

    /// The message repeats the first violation, for readers that show nothing else.
    package static func validationFailed(_ violations: [Violation]) -> RTPError {
        precondition(!violations.isEmpty, "a refusal of arguments names a violation")
        return RTPError(
            .validationFailed, summary(of: violations, what: "the arguments"),
            details: .array(violations.prefix(Limits.violationsReportedMax).map(\.encoded)))
    }

    /// `rule` is the id of a rule, or `defaults.<risk>`; `why` follows it when the rule itself does
    /// not say it.
    package static func policyDenied(
        _ name: QualifiedName, rule: String, why: String? = nil
    ) -> RTPError {
        let more = why.map { ": " + $0 } ?? ""
        return RTPError(
            .policyDenied, "the policy denies \(name) (rule \(rule))\(more)",
            details: ["rule": .string(rule)])
    }

    package static func approvalRequired(_ approval: ApprovalRequired) -> RTPError {
        let way = approval.approveWith.first ?? "approve \(approval.approvalID)"
        return RTPError(
            .approvalRequired, "\(approval.tool) needs a person's approval: \(approval.summary)",
            remediation: "A person must run or open \(way) before \(approval.expiresAt);"
                + " then send the same call again with its approval_token.",
            approval: approval)
    }

    package static func approvalInvalid(_ reason: ApprovalInvalidReason) -> RTPError {
        let (words, remediation) =
            switch reason {
            case .unknown: ("no such approval is known", askAgain)
            case .pending: ("nobody has decided yet", "Wait until a person has approved.")
            case .denied: ("a person denied it", "Do not send the call again.")
            case .expired: ("the approval has expired", askAgain)
            case .consumed: ("the approval was used already", askAgain)
            case .mismatch:
                ("the approval covers another tool, other arguments or another caller", askAgain)
            }
        return RTPError(
            .approvalInvalid, words, details: ["reason": .string(reason.rawValue)],
            remediation: remediation)
    }

    private static let askAgain =
        "Send the call without an approval_token to ask for a new approval."

    package static func idempotencyConflict(key: String) -> RTPError {
        RTPError(
            .idempotencyConflict,
            "the idempotency key \(quoted(key)) was used with other arguments",
            remediation: "Use a new key for a new call.")
    }

    /// The call with this key ended well, and what it said was not kept.
    package static func replayDropped(bytes: Int) -> RTPError {
        RTPError(
            .payloadTooLarge,
            "the call with this idempotency key has ended well; its output of \(bytes) bytes is"
                + " not kept",
            details: [
                "payload": .string(Payload.output.rawValue),
                "bytes": .number(JSONNumber(bytes)),
                "bytes_max": .number(JSONNumber(Limits.replayBytesMax)),
            ],
            remediation: "It was not run again. Read what it did with another tool.")
    }

    package static func secretMissing(slot: String, pack: String) -> RTPError {
        RTPError(
            .secretMissing, "the required slot \(slot) of \(pack) has no value",
            details: ["slot": .string(slot)],
            remediation:
                "An operator must grant \(slot) under grants.secrets of the pack in rig.yaml.")
    }

    /// Which way a payload goes.
    package enum Payload: String, Sendable {
        case input
        case output
    }

    /// `bytes` is nil when reading stopped at the cap.
    package static func payloadTooLarge(
        _ payload: Payload, bytes: Int?, bytesMax: Int
    ) -> RTPError {
        var details: JSONObject = [
            "payload": .string(payload.rawValue), "bytes_max": .number(JSONNumber(bytesMax)),
        ]
        details["bytes"] = bytes.map { .number(JSONNumber($0)) }
        let size = bytes.map { "\($0) bytes" } ?? "more bytes than allowed"
        return RTPError(
            .payloadTooLarge, "the \(payload.rawValue) has \(size), the cap is \(bytesMax)",
            details: .object(details),
            remediation: payload == .input
                ? "Send less at a time." : "Ask for less at a time.")
    }

    /// `limit` says the limit that is used up: `600 calls a minute`; `name` is what the policy calls
    /// it.
    package static func rateLimited(
        _ limit: String, by name: String? = nil, retryAfterMilliseconds: Int
    ) -> RTPError {
        var details: JSONObject = [
            "retry_after_ms": .number(JSONNumber(max(0, retryAfterMilliseconds)))
        ]
        details["limit"] = name.map { .string($0) }
        return RTPError(
            .rateLimited, "\(limit) are allowed" + (name.map { " (\($0))" } ?? ""),
            details: .object(details))
    }

    package static func overloaded(
        pack: String, waiting: Int, retryAfterMilliseconds: Int
    ) -> RTPError {
        RTPError(
            .overloaded, "\(waiting) calls are waiting for \(pack) already",
            details: retryDetails(retryAfterMilliseconds))
    }

    /// `why` says what has to pass first: `py is failing`.
    package static func overloaded(_ why: String, retryAfterMilliseconds: Int) -> RTPError {
        RTPError(.overloaded, why, details: retryDetails(retryAfterMilliseconds))
    }

    static func retryDetails(_ milliseconds: Int) -> JSONValue {
        ["retry_after_ms": .number(JSONNumber(max(0, milliseconds)))]
    }

    static func summary(of violations: [Violation], what: String) -> String {
        guard let first = violations.first else { return "\(what) break the schema" }
        let place = first.pointer.isEmpty ? what : first.pointer
        let more = violations.count > 1 ? " (and \(violations.count - 1) more)" : ""
        return "\(place): \(first.message)\(more)"
    }

    /// A caller's word inside a sentence: bounded, and without control characters.
    static func quoted(_ text: String) -> String {
        JSONValue.string(clip(text, to: 128)).text
    }
}
