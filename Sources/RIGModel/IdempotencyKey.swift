/// A caller's name for one thing it wants done once: calls with the same key are one call.
///
/// 1 to 255 visible ASCII characters. A key is a name, not a secret, but who can guess one of its own
/// tenant and actor learns how that call ended: a random one (a UUID) is best.
package struct IdempotencyKey: Hashable, Sendable, CustomStringConvertible {
    package static let bytesMax = 255

    package let text: String

    /// Takes a caller's word; nil for others, which then are `invalid_request`.
    package init?(given text: String) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= Self.bytesMax,
            bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.text = text
    }

    /// The value of the header Idempotency-Key: a string of RFC 8941 (`"k-1"`), or the bare word
    /// that most clients send (`k-1`); both name the same call.
    package init?(header value: String) {
        guard value.hasPrefix("\"") else {
            self.init(given: value)
            return
        }
        var text = ""
        var isEscaped = false
        var isClosed = false
        for character in value.unicodeScalars.dropFirst() {
            guard !isClosed else { return nil }
            if isEscaped {
                guard character == "\"" || character == "\\" else { return nil }
                text.unicodeScalars.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isClosed = true
            } else {
                text.unicodeScalars.append(character)
            }
        }
        guard isClosed else { return nil }
        self.init(given: text)
    }

    package var description: String { text }
}
