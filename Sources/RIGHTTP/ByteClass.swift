internal import RIGBytes

/// The character classes of RFC 9110, section 5.6, and RFC 3986.
enum ByteClass {
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A

    /// tchar.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7A,
            0x7C, 0x7E:
            true
        default: false
        }
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// nil for what is no hexadecimal digit.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    /// unreserved, sub-delims, ":" and "@": what a path segment has beside percent escapes.
    @inline(__always)
    static func isPathCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x24, 0x26...0x2E, 0x30...0x3B, 0x3D, 0x40...0x5A, 0x5F, 0x61...0x7A, 0x7E:
            true
        default: false
        }
    }
}

extension Span<UInt8> {
    /// The part without blanks at either end.
    func trimmed(_ range: ByteRange) -> ByteRange {
        var (start, end) = (range.offset, range.end)
        while start < end, ByteClass.isBlank(self[start]) { start += 1 }
        while end > start, ByteClass.isBlank(self[end - 1]) { end -= 1 }
        return ByteRange(offset: start, count: end - start)
    }

    /// The first place of `byte` in a part; nil when there is none.
    func firstIndex(of byte: UInt8, in range: ByteRange) -> Int? {
        var index = range.offset
        while index < range.end {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    func isToken(_ range: ByteRange) -> Bool {
        if range.isEmpty { return false }
        for index in range.offset..<range.end where !ByteClass.isToken(self[index]) {
            return false
        }
        return true
    }
}
