/// A rule for the characters of a text: what a `pattern` in spec/rtp says, without a regular
/// expression engine, and in words for the person who broke it.
struct TextRule: Sendable {
    let isMet: @Sendable (String) -> Bool
    let words: String

    static let toolName = TextRule(
        isMet: ToolName.isValid, words: "a letter, then at most 47 letters, digits, _ or -")
    static let qualifiedName = TextRule(
        isMet: { QualifiedName($0) != nil }, words: "a qualified name, as namespace.tool")
    static let slot = TextRule(
        isMet: { AuthSlot.isName($0) }, words: "a letter, then at most 47 letters, digits or _")
    static let tag = word("._:-", upTo: 64, firstIsPlain: true)
    static let code = word("._:-", upTo: 64)
    static let approvalID = word("_-", upTo: 64)
    static let approvalToken = TextRule(
        isMet: { $0.utf8.count >= 16 && isWord($0, "._~+/=-", upTo: 512) },
        words: "16 to 512 letters, digits or ._~+/=-")
    static let snapshot = word("._:-", upTo: 128, firstIsPlain: true)
    static let correlation = TextRule(
        isMet: CorrelationID.isValid, words: "1 to 128 letters, digits or ._:/@=+-")
    static let digest = TextRule(
        isMet: { text in
            text.hasPrefix("sha256:") && text.utf8.count == 71
                && text.utf8.dropFirst(7).allSatisfy { byte in
                    NameRule.isDigit(byte) || (0x61...0x66).contains(byte)
                }
        }, words: "sha256: and 64 lower-case hexadecimal digits")
    static let timestamp = TextRule(
        isMet: isTimestamp, words: "a time in UTC, as 2025-11-22T18:15:00Z")
    static let version = TextRule(
        isMet: { isWord($0, ".+!_-", upTo: 128, firstIsPlain: true) },
        words: "a version, as 1.4.0")
    static let packName = TextRule(isMet: PackName.isValid, words: "a package name")
    static let netTarget = TextRule(
        isMet: { NetTarget($0) != nil }, words: "host:port, as api.example.com:443")

    /// One to `count` letters, digits and `others`.
    private static func word(
        _ others: StaticString, upTo count: Int, firstIsPlain: Bool = false
    ) -> TextRule {
        let first = firstIsPlain ? ", the first a letter or digit" : ""
        return TextRule(
            isMet: { isWord($0, "\(others)", upTo: count, firstIsPlain: firstIsPlain) },
            words: "1 to \(count) letters, digits or \(others)\(first)")
    }

    private static func isWord(
        _ text: String, _ others: String, upTo count: Int, firstIsPlain: Bool = false
    ) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool { NameRule.isLetter(byte) || NameRule.isDigit(byte) }
        guard let first = text.utf8.first, text.utf8.count <= count else { return false }
        if firstIsPlain, !isPlain(first) { return false }
        return text.utf8.allSatisfy { isPlain($0) || others.utf8.contains($0) }
    }

    /// RFC 3339 with `T` and `Z` in upper case, each part within its range.
    private static func isTimestamp(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return false }
        for (index, separator) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
            if bytes[index] != separator.utf8.first { return false }
        }
        func number(_ start: Int, _ count: Int) -> Int? {
            var value = 0
            for byte in bytes[start..<start + count] {
                guard NameRule.isDigit(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard number(0, 4) != nil,
            let month = number(5, 2), (1...12).contains(month),
            let day = number(8, 2), (1...31).contains(day),
            let hour = number(11, 2), hour < 24,
            let minute = number(14, 2), minute < 60,
            let second = number(17, 2), second < 60
        else { return false }
        let fraction = bytes[19..<bytes.count - 1]
        return fraction.isEmpty
            || (fraction.first == UInt8(ascii: ".") && (2...10).contains(fraction.count)
                && fraction.dropFirst().allSatisfy(NameRule.isDigit))
    }
}
