/// The character classes of YAML 1.2.2, chapter 5, on bytes.
enum YAMLCharacters {
    /// Stands for the end of the text; it cannot be a byte of it, since NUL is refused first.
    static let end: UInt8 = 0

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    static func isBreakOrEnd(_ byte: UInt8) -> Bool { isBreak(byte) || byte == end }
    static func isSeparator(_ byte: UInt8) -> Bool { isBlank(byte) || isBreakOrEnd(byte) }

    /// `,[]{}`
    static func isFlowIndicator(_ byte: UInt8) -> Bool {
        byte == 0x2C || byte == 0x5B || byte == 0x5D || byte == 0x7B || byte == 0x7D
    }

    /// A byte that can start nothing plain, `-`, `?` and `:` aside.
    static func isIndicator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"),
            UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "'"),
            UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
            true
        default: false
        }
    }

    /// The first byte that is not UTF-8 (RFC 3629) or not printable (section 5.1).
    static func firstFault(
        _ bytes: [UInt8], from start: Int
    ) -> (offset: Int, code: YAMLError.Code)? {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                let printable =
                    (0x20...0x7E).contains(byte) || byte == 0x09 || byte == 0x0A || byte == 0x0D
                guard printable else { return (index, .controlCharacter) }
                index += 1
                continue
            }
            guard let (scalar, length) = decode(bytes, index) else { return (index, .invalidUTF8) }
            switch scalar {
            case 0x80...0x84, 0x86...0x9F, 0xFFFE, 0xFFFF: return (index, .controlCharacter)
            case 0xFEFF: return (index, .misplacedByteOrderMark)
            default: index += length
            }
        }
        return nil
    }

    private static func decode(_ bytes: [UInt8], _ index: Int) -> (UInt32, Int)? {
        let first = bytes[index]
        let length: Int
        let lowest: UInt32
        var scalar: UInt32
        switch first {
        case 0xC2...0xDF: (length, lowest, scalar) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, lowest, scalar) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, lowest, scalar) = (4, 0x1_0000, UInt32(first & 0x07))
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for byte in bytes[index + 1..<index + length] {
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        guard scalar >= lowest, Unicode.Scalar(scalar) != nil else { return nil }
        return (scalar, length)
    }
}
