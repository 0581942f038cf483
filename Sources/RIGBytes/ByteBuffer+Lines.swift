extension ByteBuffer {
    /// Puts spaces in the place of line breaks, for text that has to stand on one line. JSON has
    /// them between its tokens only, where a space says the same.
    package func flattenLines(_ range: ByteRange) {
        precondition(range.offset >= 0 && range.end <= count, "range lies in the buffer")
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = range.offset
        while index < range.end {
            // SAFETY: eight bytes from a place in the buffer are readable, slack included.
            let word = unsafe unsafeBytes.baseAddress?.loadUnaligned(
                fromByteOffset: index, as: UInt64.self)
            let feed = (word ?? 0) ^ (ones &* 0x0A)
            let carriage = (word ?? 0) ^ (ones &* 0x0D)
            let marks = (((feed &- ones) & ~feed) | ((carriage &- ones) & ~carriage)) & tops
            if marks != 0 {
                for place in index..<min(index + 8, range.end)
                where self[place] == 0x0A || self[place] == 0x0D {
                    set(place, to: 0x20)
                }
            }
            index += 8
        }
    }
}
