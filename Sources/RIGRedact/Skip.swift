internal import RIGBytes

/// Passes over text that shows no secret, eight bytes at a time.
struct Skip: Sendable {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    /// Which pairs of bytes stand in the first five of a pattern.
    private var pairs = [UInt64](repeating: 0, count: 1 << 10)
    private let barriers: Barriers

    init(_ patterns: [Pattern]) {
        for pattern in patterns {
            for index in 0..<4 {
                let pair = UInt16(pattern.bytes[index]) | UInt16(pattern.bytes[index + 1]) << 8
                pairs[Int(pair >> 6)] |= 1 << UInt64(pair & 63)
            }
        }
        barriers = Barriers(patterns)
    }

    /// The first place from `start` at which, or at most eight bytes before which, a secret may
    /// begin; `end` or more when there is none.
    /// - Parameter settled: Moved on to where no secret has begun before.
    func next(
        in buffer: ByteBuffer, from start: Int, to end: Int, _ kind: TextKind,
        _ settled: inout Int
    ) -> Int {
        precondition(start >= 0 && end <= buffer.count, "the text lies in its buffer")
        // SAFETY: `at` stays below `end`, and a buffer can be read for 64 bytes past its count.
        let bytes = unsafe buffer.unsafeBytes
        guard let base = bytes.baseAddress else { return end }
        let pairs = self.pairs.span
        var at = start
        while at < end {
            let word = UInt64(
                littleEndian: unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let first = UInt16(truncatingIfNeeded: word)
            let second = UInt16(truncatingIfNeeded: word >> 32)
            let hits =
                pairs[Int(first >> 6)] >> UInt64(first & 63)
                | pairs[Int(second >> 6)] >> UInt64(second & 63)
            if hits & 1 != 0 { return at }
            let escapes = Self.escapes(word)
            if escapes == 0 {
                at += 8
                continue
            }
            let place = at + escapes.trailingZeroBitCount / 8
            guard place < end else { return end }
            guard let behind = barriers.end(at: place, in: buffer, to: end, kind) else {
                return place
            }
            at = behind
            settled = behind
        }
        return at
    }

    /// The lowest bit that is set is that of the first backslash or percent sign; none when there
    /// is none.
    private static func escapes(_ word: UInt64) -> UInt64 {
        let backslash = word ^ (ones &* 0x5C)
        let percent = word ^ (ones &* 0x25)
        let zeros = (backslash &- ones) & ~backslash | (percent &- ones) & ~percent
        return zeros & (ones &* 0x80)
    }
}
