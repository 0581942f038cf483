internal import RIGBytes

/// Strings as JSON writes them (RFC 8259 section 7), with the shortest escapes: the ones that RFC
/// 8785 section 3.2.2.2 asks for too.
enum JSONEscaping {
    /// Appends `text` in quotes.
    static func append(_ text: String, to buffer: ByteBuffer) {
        let done: Void? = unsafe text.utf8.withContiguousStorageIfAvailable {
            unsafe append($0, to: buffer)
        }
        if done == nil {
            // Only strings bridged from elsewhere are not contiguous; none are on the path.
            unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe append($0, to: buffer) }
        }
    }

    /// Appends bytes, which are UTF-8, in quotes.
    static func append(_ bytes: UnsafeBufferPointer<UInt8>, to buffer: ByteBuffer) {
        buffer.append(UInt8(ascii: "\""))
        var start = 0
        while true {
            let end = unsafe firstEscaped(bytes, from: start)
            // SAFETY: `start...end` lies in `bytes`.
            unsafe buffer.append(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start..<end])))
            if end == bytes.count { break }
            unsafe appendEscape(bytes[end], to: buffer)
            start = end + 1
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// The first byte from `start` on that may not stand in a string as it is: eight at a time.
    private static func firstEscaped(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        guard let base = unsafe UnsafeRawPointer(bytes.baseAddress) else { return 0 }
        var index = start
        while index + 8 <= bytes.count {
            // SAFETY: eight bytes lie in the buffer from `index` on.
            let word = UInt64(
                littleEndian: unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // The lowest marked byte is exact; a borrow can only mark bytes above it.
            let marks =
                (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                    | ((word &- (ones &* 0x20)) & ~word)) & tops
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            let byte = unsafe bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
            index += 1
        }
        return index
    }

    private static func appendEscape(_ byte: UInt8, to buffer: ByteBuffer) {
        buffer.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: buffer.append(UInt8(ascii: "b"))
        case 0x09: buffer.append(UInt8(ascii: "t"))
        case 0x0A: buffer.append(UInt8(ascii: "n"))
        case 0x0C: buffer.append(UInt8(ascii: "f"))
        case 0x0D: buffer.append(UInt8(ascii: "r"))
        case 0x22, 0x5C: buffer.append(byte)
        default:
            buffer.append("u00" as StaticString)
            buffer.append(Hex.digit(byte >> 4))
            buffer.append(Hex.digit(byte & 15))
        }
    }
}
