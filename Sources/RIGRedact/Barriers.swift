internal import RIGBytes

/// Tells escapes that no secret can reach over, so that texts full of `\n` and `%20` need not be
/// read letter by letter: what the escape means stands in no pattern, nor does what it is spelled
/// with.
struct Barriers: Sendable {
    /// The bytes of all patterns.
    private var isLetter = [Bool](repeating: false, count: 256)

    init(_ patterns: [Pattern]) {
        for pattern in patterns {
            for byte in pattern.bytes { isLetter[Int(byte)] = true }
        }
    }

    /// Where a secret may begin again behind the backslash or percent sign at `place`; nil when one
    /// may reach over it.
    func end(at place: Int, in buffer: ByteBuffer, to end: Int, _ kind: TextKind) -> Int? {
        func byte(_ ahead: Int) -> UInt8 { place + ahead < end ? buffer[place + ahead] : 0 }
        if byte(0) == UInt8(ascii: "%") {
            // The sign itself, then what it means; its digits may begin a secret as they stand.
            guard !isLetter[0x25], byte(1) != 0x5C, byte(2) != 0x5C else { return nil }
            guard let high = EscapeReader.hexValue(byte(1)),
                let low = EscapeReader.hexValue(byte(2))
            else { return place + 1 }
            return isLetter[Int(high << 4 | low)] ? nil : place + 1
        }
        guard !isLetter[0x5C] else { return nil }
        switch (kind, byte(1)) {
        case (_, UInt8(ascii: "u")):
            guard let first = firstByte(of: byte), !isLetter[Int(first)] else { return nil }
            // JSON in JSON has its backslash written so, and a URL its percent sign.
            if first == 0x5C || first == 0x25 { return nil }
            return kind == .json ? place + 6 : place + 1
        case (.json, 0x5C):
            return nestedEnd(at: place, byte)
        case (_, let next):
            guard let meaning = EscapeReader.meaning(next), !isLetter[Int(meaning)] else {
                return nil
            }
            return kind == .json || next == 0x5C ? place + 2 : place + 1
        }
    }

    /// Behind two backslashes in JSON: the second layer's escape.
    private func nestedEnd(at place: Int, _ byte: (Int) -> UInt8) -> Int? {
        let isQuoted = byte(2) == 0x5C
        let letter = isQuoted ? byte(3) : byte(2)
        // A quote or a backslash of the second layer is escaped by the first.
        guard !isQuoted || letter == 0x22 || letter == 0x5C,
            let meaning = EscapeReader.meaning(letter), !isLetter[Int(meaning)]
        else { return nil }
        return place + (isQuoted ? 4 : 2)
    }

    /// The first byte of what `\uXXXX` means, of either half of a pair too.
    private func firstByte(of byte: (Int) -> UInt8) -> UInt8? {
        var unit: UInt32 = 0
        for ahead in 2..<6 {
            guard let digit = EscapeReader.hexValue(byte(ahead)) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        switch unit {
        case ..<0x80: return UInt8(unit)
        case ..<0x800: return UInt8(0xC0 | unit >> 6)
        case 0xD800...0xDFFF: return (0xF0...0xF4).contains { isLetter[$0] } ? nil : 0xF0
        default: return UInt8(0xE0 | unit >> 12)
        }
    }
}
