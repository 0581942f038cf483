package import RIGBytes

/// The name of a tenant or an actor, as every front takes it (`X-RIG-Tenant-Id`, `--actor`): 1 to
/// 128 letters, digits and `. _ : / @ = + -`.
///
/// It stands in policy, in frames to workers, in approvals, in the audit and on terminals: the set
/// needs no escaping in any of them, holds no character of a pattern, and its length has a place in
/// `Limits.envelopeBytesMax`.
package struct CallerName: Hashable, Sendable, CustomStringConvertible {
    package static let bytesMax = 128
    /// For whoever has to say what is taken.
    package static let rule = "1 to 128 letters, digits or ._:/@=+-"

    package let text: String

    /// Takes a caller's word; nil for others, which then are `invalid_request`.
    package init?(given text: String) {
        guard CorrelationID.isValid(text) else { return nil }
        self.text = text
    }

    /// Appends the text without quotes.
    package func append(to buffer: ByteBuffer) { buffer.append(text) }

    package var description: String { text }
}

/// For names that stand in the code.
extension CallerName: ExpressibleByStringLiteral {
    package init(stringLiteral text: StaticString) {
        guard let name = CallerName(given: "\(text)") else {
            preconditionFailure("a caller's name in the code is one: \(text)")
        }
        self = name
    }
}
