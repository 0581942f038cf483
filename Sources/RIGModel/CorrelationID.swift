package import RIGBytes

/// The word that ties a call's answer, log lines and audit rows together: the caller's own
/// (`X-RIG-Correlation-Id`), or one that RIG makes from the call's id. Always echoed.
///
/// A made one costs no allocation until somebody asks for its text.
package struct CorrelationID: Hashable, Sendable, CustomStringConvertible {
    /// Longest correlation id that is taken from a caller.
    package static let bytesMax = 128

    private enum Source: Hashable, Sendable {
        case made(CallID)
        case given(String)
    }

    private let source: Source

    package init(_ id: CallID) {
        source = .made(id)
    }

    /// Takes a caller's word: 1 to 128 letters, digits and `. _ : / @ = + -`; nil for others, which
    /// then are `invalid_request`. The set needs no escaping in JSON, logs, headers or SQL.
    package init?(given text: String) {
        guard Self.isValid(text) else { return nil }
        source = .given(text)
    }

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= bytesMax
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x2B, 0x2D...0x3A, 0x3D, 0x40, 0x41...0x5A, 0x5F, 0x61...0x7A: true
                default: false
                }
            }
    }

    /// Appends the text without quotes.
    package func append(to buffer: ByteBuffer) {
        switch source {
        case .made(let id): id.append(to: buffer)
        case .given(let text): buffer.append(text)
        }
    }

    package var text: String {
        switch source {
        case .made(let id): id.text
        case .given(let text): text
        }
    }

    package var description: String { text }
}
