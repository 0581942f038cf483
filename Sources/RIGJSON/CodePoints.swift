/// Strings compared as JSON compares them: code point by code point. Swift's own `==` calls two
/// spellings of an accented letter equal, which would merge two names that a receiver keeps apart.
enum CodePoints {
    static func equal(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return unsafe withBytes(left, right) { left, right in
            var index = 0
            // SAFETY: both have the same count.
            while index < left.count, unsafe left[index] == right[index] { index += 1 }
            return index == left.count
        }
    }

    static func hash(_ text: String, into hasher: inout Hasher) {
        let done: Void? = unsafe text.utf8.withContiguousStorageIfAvailable {
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if done == nil { for byte in text.utf8 { hasher.combine(byte) } }
        hasher.combine(UInt8(0xFF))
    }

    /// The order of RFC 8785 section 3.2.3: by UTF-16 code units, unsigned. Bytes of UTF-8 sort the
    /// same way, but for U+E000...U+FFFF (leads EE and EF), which UTF-16 puts behind all the code
    /// points that take a pair of surrogates (leads F0 to F4).
    static func precedesInUTF16(_ left: String, _ right: String) -> Bool {
        unsafe withBytes(left, right) { left, right in
            let shorter = min(left.count, right.count)
            var index = 0
            // SAFETY: `index` stays below both counts.
            while index < shorter, unsafe left[index] == right[index] { index += 1 }
            if index == shorter { return left.count < right.count }
            return unsafe rank(left[index]) < rank(right[index])
        }
    }

    /// Lends the bytes of both; a copy only for strings bridged from elsewhere.
    private static func withBytes(
        _ left: String, _ right: String,
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        var left = left
        var right = right
        return left.withUTF8 { left in right.withUTF8 { unsafe body(left, $0) } }
    }

    private static func rank(_ byte: UInt8) -> UInt8 {
        byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte
    }
}
