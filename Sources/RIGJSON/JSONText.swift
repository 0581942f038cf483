/// What the bytes of a JSON text mean (RFC 8259), one byte or one token at a time.
package enum JSONText {
    /// The characters that may follow a backslash.
    static func isEscapable(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"),
            UInt8(ascii: "u"):
            true
        default: false
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// The end of the number that starts at `start`, not past `end`; nil when the grammar knows
    /// no such number. Section 6: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    static func numberEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        func byte() -> UInt8 { unsafe index < bytes.count ? bytes[index] : 0 }
        func skipDigits() -> Bool {
            let first = index
            while isDigit(byte()) { index += 1 }
            return index > first
        }
        if byte() == UInt8(ascii: "-") { index += 1 }
        if byte() == UInt8(ascii: "0") {
            index += 1
        } else if !skipDigits() {
            return nil
        }
        if byte() == UInt8(ascii: ".") {
            index += 1
            if !skipDigits() { return nil }
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            index += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { index += 1 }
            if !skipDigits() { return nil }
        }
        return index
    }

    /// Writes the text that a checked string's bytes stand for, and returns how many bytes that
    /// took: never more than `source` has.
    package static func unescape(
        _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var read = 0
        var written = 0
        while read < source.count {
            let byte = unsafe source[read]
            guard byte == UInt8(ascii: "\\"), read + 1 < source.count else {
                // SAFETY: each step writes at most as many bytes as it reads.
                unsafe target[written] = byte
                read += 1
                written += 1
                continue
            }
            guard unsafe source[read + 1] == UInt8(ascii: "u") else {
                unsafe target[written] = control(source[read + 1])
                read += 2
                written += 1
                continue
            }
            let scalar = unsafe scalar(source, at: &read)
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                unsafe target[written] = unit
                written += 1
            }
        }
        return written
    }

    /// The text of a checked string, given the bytes between its quotes.
    package static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard unsafe bytes.contains(UInt8(ascii: "\\")) else {
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
        return unsafe String(unsafeUninitializedCapacity: bytes.count) { room in
            guard let target = room.baseAddress else { return 0 }
            return unsafe unescape(bytes, into: target)
        }
    }

    private static func control(_ escaped: UInt8) -> UInt8 {
        switch escaped {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escaped
        }
    }

    /// The character of one `\u`, or of a pair of them; moves `index` past it.
    private static func scalar(
        _ bytes: UnsafeBufferPointer<UInt8>, at index: inout Int
    ) -> Unicode.Scalar {
        let high = unsafe UnicodeEscapes.unit(bytes, at: index)
        index += 6
        guard let high, 0xD800...0xDBFF ~= high else {
            return high.flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}"
        }
        guard let low = unsafe UnicodeEscapes.unit(bytes, at: index), 0xDC00...0xDFFF ~= low else {
            return "\u{FFFD}"
        }
        index += 6
        let value = 0x10000 + (UInt32(high) & 0x3FF) << 10 + UInt32(low) & 0x3FF
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
