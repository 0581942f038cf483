/// Strings compared as JSON compares them: code point by code point. Swift's own `==` calls two
/// spellings of an accented letter equal, which would merge two names that a receiver keeps apart.
enum CodePoints {
    static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
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
        left.utf8.lexicographicallyPrecedes(right.utf8) { rank($0) < rank($1) }
    }

    private static func rank(_ byte: UInt8) -> UInt8 {
        byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte
    }
}
