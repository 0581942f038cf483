/// A byte sequence that gives a secret away.
struct Pattern: Hashable, Sendable {
    var bytes: [UInt8]
    /// Index of the secret.
    var slot: Int
    /// The character before, or behind, holds some bits of the secret beside bits of its neighbour.
    var hasPartialLead = false
    var hasPartialTrail = false
}

/// The forms of a value that are searched for. Escapes of JSON and URLs are not among them: the
/// search reads through those (`EscapeReader`), however they are spelled.
enum SecretForms {
    /// Lines of a value such as a PEM key, that are secrets by themselves: output is logged by line.
    private static let lineBytesMin = 16

    static func patterns(of value: [UInt8], slot: Int) -> [Pattern] {
        var patterns = [Pattern(bytes: value, slot: slot)]
        // A space in a form's body. Not an escape: a plus may just as well stand for itself.
        patterns.append(
            Pattern(bytes: value.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 }, slot: slot))
        // What reading through escapes would get wrong for a value that looks as if it had some.
        patterns.append(Pattern(bytes: jsonEscaped(value), slot: slot))
        for alphabet in [Base64.standard, Base64.urlSafe] {
            for offset in 0..<3 {
                patterns.append(Base64.pattern(value, offset: offset, alphabet, slot: slot))
            }
        }
        let lines = value.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        if lines.count > 1 {
            for line in lines where line.count >= lineBytesMin && !line.starts(with: "-----".utf8) {
                patterns.append(Pattern(bytes: Array(line), slot: slot))
            }
        }
        var seen: Set<[UInt8]> = []
        return patterns.filter { seen.insert($0.bytes).inserted }
    }

    /// With the escapes that RFC 8259 demands, and no others.
    private static func jsonEscaped(_ value: [UInt8]) -> [UInt8] {
        var escaped: [UInt8] = []
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escaped += [UInt8(ascii: "\\"), byte]
            case 0x0A: escaped += Array(#"\n"#.utf8)
            case 0x0D: escaped += Array(#"\r"#.utf8)
            case 0x09: escaped += Array(#"\t"#.utf8)
            default: escaped.append(byte)
            }
        }
        return escaped
    }
}

/// RFC 4648 as it looks in the middle of a longer text.
enum Base64 {
    private static let letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    static let standard = Array((letters + "+/").utf8)
    static let urlSafe = Array((letters + "-_").utf8)

    static func isCharacter(_ byte: UInt8) -> Bool {
        standard.contains(byte) || urlSafe.contains(byte)
    }

    /// The characters that `value` alone decides when `offset` bytes (modulo 3) stand before it.
    static func pattern(
        _ value: [UInt8], offset: Int, _ alphabet: [UInt8], slot: Int
    ) -> Pattern {
        let start = 8 * offset
        let end = start + 8 * value.count
        func bit(_ index: Int) -> Int {
            Int(value[(index - start) / 8] >> UInt8(7 - (index - start) % 8)) & 1
        }
        let characters = ((start + 5) / 6)..<(end / 6)
        let bytes = characters.map { character in
            alphabet[(0..<6).reduce(0) { $0 << 1 | bit(6 * character + $1) }]
        }
        return Pattern(
            bytes: bytes, slot: slot, hasPartialLead: start % 6 != 0,
            hasPartialTrail: end % 6 != 0)
    }
}
