package import RIGBytes

/// `host` or `host:port` (RFC 3986, section 3.2), without user information. Stricter than the RFC:
/// a name has letters, digits, "-", "_" and "." only, and a port has digits.
package struct Authority: Equatable, Sendable {
    /// With the brackets of an IPv6 address.
    package let host: ByteRange
    package let port: UInt16?

    /// Reads a part of a buffer; nil when it is no authority.
    package init?(_ buffer: ByteBuffer, _ range: ByteRange) {
        self.init(buffer.bytes, range)
    }

    init?(_ bytes: Span<UInt8>, _ range: ByteRange) {
        var index = range.offset
        if index < range.end, bytes[index] == UInt8(ascii: "[") {
            index += 1
            let start = index
            while index < range.end, Self.isAddressCharacter(bytes[index]) { index += 1 }
            guard index > start + 1, index < range.end, bytes[index] == UInt8(ascii: "]") else {
                return nil
            }
            index += 1
        } else {
            while index < range.end, Self.isNameCharacter(bytes[index]) { index += 1 }
        }
        guard index > range.offset else { return nil }
        host = ByteRange(offset: range.offset, count: index - range.offset)
        guard index < range.end else {
            port = nil
            return
        }
        guard bytes[index] == UInt8(ascii: ":") else { return nil }
        let digits = ByteRange(offset: index + 1, count: range.end - index - 1)
        guard let number = Self.port(bytes, digits) else { return nil }
        port = number
    }

    private static func isAddressCharacter(_ byte: UInt8) -> Bool {
        ByteClass.hexValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    private static func port(_ bytes: Span<UInt8>, _ digits: ByteRange) -> UInt16? {
        guard digits.count >= 1, digits.count <= 5 else { return nil }
        var value = 0
        for index in digits.offset..<digits.end {
            guard ByteClass.isDigit(bytes[index]) else { return nil }
            value = value * 10 + Int(bytes[index] &- 0x30)
        }
        return UInt16(exactly: value)
    }
}
