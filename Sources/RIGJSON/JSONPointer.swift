/// A path to one value of a document (RFC 6901).
///
///     JSONPointer("/items/0/a~1b")?.evaluate(document)     // document.items[0]["a/b"]
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The reference tokens, unescaped. None is the whole document.
    package private(set) var tokens: [String]

    /// The whole document.
    package init() {
        tokens = []
    }

    package init(tokens: [String]) {
        self.tokens = tokens
    }

    /// Reads the string form. Nil when it is not empty and does not begin with `/`, or when a `~`
    /// is not followed by `0` or `1` (section 3).
    package init?(_ text: String) {
        tokens = []
        if text.utf8.isEmpty { return }
        // Split by bytes: to Swift a slash and a combining mark behind it are one character.
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, first.isEmpty else { return nil }
        for part in parts.dropFirst() {
            guard let token = Self.unescape(part) else { return nil }
            tokens.append(token)
        }
    }

    /// The value that the pointer names; nil when there is none.
    package func evaluate(_ document: JSONValue) -> JSONValue? {
        var value = document
        for token in tokens {
            switch value {
            case .object(let object):
                guard let member = object[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = Self.index(token), index < elements.count else { return nil }
                value = elements[index]
            default:
                return nil
            }
        }
        return value
    }

    package func appending(_ token: String) -> JSONPointer {
        JSONPointer(tokens: tokens + [token])
    }

    package func appending(_ index: Int) -> JSONPointer {
        appending(String(index))
    }

    /// The string form.
    package var description: String {
        var text = ""
        for token in tokens { Self.append(token, to: &text) }
        return text
    }

    /// Appends `/` and the token, escaped: for a walk that keeps its path as text.
    package static func append(_ token: String, to text: inout String) {
        text.unicodeScalars.append("/")
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func unescape(_ part: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in part {
            switch (isEscaped, byte) {
            case (true, UInt8(ascii: "0")): bytes.append(UInt8(ascii: "~"))
            case (true, UInt8(ascii: "1")): bytes.append(UInt8(ascii: "/"))
            case (true, _): return nil
            case (false, UInt8(ascii: "~")): break
            case (false, _): bytes.append(byte)
            }
            isEscaped = !isEscaped && byte == UInt8(ascii: "~")
        }
        return isEscaped ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Section 4: digits without a leading zero.
    private static func index(_ token: String) -> Int? {
        guard token.utf8.allSatisfy(JSONText.isDigit), let index = Int(token) else { return nil }
        return token.utf8.count > 1 && token.utf8.first == UInt8(ascii: "0") ? nil : index
    }
}
