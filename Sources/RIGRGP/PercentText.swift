/// Percent-encoding (RFC 3986, section 2.1), for path segments and queries that the reader has
/// found well-formed.
enum PercentText {
    /// Invalid UTF-8 is repaired, so that such a name is no name of anything.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let high = value(source[index + 1]), let low = value(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
                continue
            }
            let isSpace = plusIsSpace && source[index] == UInt8(ascii: "+")
            bytes.append(isSpace ? 0x20 : source[index])
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
