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

extension ByteBuffer {
    /// The first place from `start` on that holds `byte`.
    package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        precondition(start >= 0 && start <= count, "the search begins in the buffer")
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let pattern = ones &* UInt64(byte)
        let bytes = unsafe unsafeBytes
        var index = start
        while index < count {
            // SAFETY: eight bytes from a place in the buffer are readable, slack included.
            let word = unsafe bytes.baseAddress?.loadUnaligned(
                fromByteOffset: index, as: UInt64.self)
            let difference = UInt64(littleEndian: word ?? 0) ^ pattern
            let marks = (difference &- ones) & ~difference & tops
            if marks != 0 {
                // The lowest mark is exact; a borrow can only mark bytes above it.
                let found = index + marks.trailingZeroBitCount / 8
                return found < count ? found : nil
            }
            index += 8
        }
        return nil
    }
}
