/// Just enough of RFC 3986 to resolve `$id` and `$ref`: splitting, merging, dot segments.
struct URIReference: Equatable {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    init(_ text: String) {
        var rest = Substring(text)
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"),
            rest[..<colon].utf8.first.map(Self.isLetter) == true,
            !rest[..<colon].contains("/")
        {
            scheme = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<slash])
            rest = rest[slash...]
        }
        path = String(rest)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    var text: String {
        var text = ""
        if let scheme { text += scheme + ":" }
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        if let fragment { text += "#" + fragment }
        return text
    }

    /// The same without its fragment.
    var resource: String {
        var copy = self
        copy.fragment = nil
        return copy.text
    }

    /// This reference as seen from `base` (RFC 3986, section 5.2.2).
    func resolved(from base: URIReference) -> URIReference {
        var target = self
        if scheme != nil {
            target.path = Self.withoutDots(path)
            return target
        }
        target.scheme = base.scheme
        if authority != nil {
            target.path = Self.withoutDots(path)
            return target
        }
        target.authority = base.authority
        if path.isEmpty {
            target.path = base.path
            if query == nil { target.query = base.query }
        } else if path.hasPrefix("/") {
            target.path = Self.withoutDots(path)
        } else if base.authority != nil && base.path.isEmpty {
            target.path = Self.withoutDots("/" + path)
        } else {
            let slash = base.path.lastIndex(of: "/")
            let folder = slash.map { String(base.path[...$0]) } ?? ""
            target.path = Self.withoutDots(folder + path)
        }
        return target
    }

    private static func withoutDots(_ path: String) -> String {
        guard path.contains(".") else { return path }
        var kept: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part == "." {
                if isLast { kept.append("") }
            } else if part == ".." {
                if kept.count > 1 { kept.removeLast() }
                if isLast { kept.append("") }
            } else {
                kept.append(part)
            }
        }
        return kept.joined(separator: "/")
    }

    /// A fragment with its percent-encoding undone; nil when that is no UTF-8.
    static func decoded(_ fragment: String) -> String? {
        guard fragment.contains("%") else { return fragment }
        var bytes: [UInt8] = []
        var rest = ArraySlice(fragment.utf8)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(JSONText.hexValue),
                let low = rest.popFirst().flatMap(JSONText.hexValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// The tokens of a JSON Pointer (RFC 6901).
enum PointerTokens {
    static func escaped(_ token: String) -> String {
        guard token.contains("~") || token.contains("/") else { return token }
        var text = ""
        for character in token {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
        return text
    }

    /// The tokens of `/a/b~1c`; nil when it does not begin with a slash.
    static func split(_ pointer: String) -> [String]? {
        if pointer.isEmpty { return [] }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            unescaped($0)
        }
    }

    private static func unescaped(_ token: Substring) -> String {
        guard token.contains("~") else { return String(token) }
        var bytes: [UInt8] = []
        var rest = ArraySlice(Array(token.utf8))
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "~"), let next = rest.first, next == 0x30 || next == 0x31 {
                bytes.append(next == 0x30 ? UInt8(ascii: "~") : UInt8(ascii: "/"))
                rest.removeFirst()
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
