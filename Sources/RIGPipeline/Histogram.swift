/// Durations in nanoseconds, counted in log-linear buckets: eight to each power of two, so a
/// percentile is within 12.5 % of the truth from 1 ns to half an hour. 320 counters, allocated with
/// the first record: a tool that nobody calls costs nothing.
package struct Histogram: Sendable {
    private static let bucketsPerOctave = 8
    private static let octaves = 40

    private var counts: [UInt64] = []
    package private(set) var total: UInt64 = 0
    /// Sum of all durations, for means.
    package private(set) var sumNanoseconds: UInt64 = 0
    package private(set) var maxNanoseconds: UInt64 = 0

    package init() {}

    package mutating func record(_ nanoseconds: UInt64) {
        if counts.isEmpty {
            counts = [UInt64](repeating: 0, count: Self.octaves * Self.bucketsPerOctave)
        }
        counts[Self.bucket(nanoseconds)] &+= 1
        total &+= 1
        sumNanoseconds &+= nanoseconds
        if nanoseconds > maxNanoseconds { maxNanoseconds = nanoseconds }
    }

    /// The duration below which `fraction` (0…1) of the records lie: the upper edge of its bucket,
    /// or 0 when nothing was recorded.
    package func percentile(_ fraction: Double) -> UInt64 {
        let rank = UInt64((fraction * Double(total)).rounded(.up))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank, seen > 0 { return min(Self.upperEdge(bucket), maxNanoseconds) }
        }
        return maxNanoseconds
    }

    /// How many records were shorter than 2 to the power of each exponent in turn, in nanoseconds.
    /// Exact, since every power of two is the edge of a bucket.
    func counts(belowPowersOfTwo exponents: ClosedRange<Int>) -> [UInt64] {
        var below: UInt64 = 0
        var bucket = 0
        return exponents.map { exponent in
            let end = Self.bucket(1 << UInt64(exponent))
            while bucket < min(end, counts.count) {
                below += counts[bucket]
                bucket += 1
            }
            return below
        }
    }

    /// Values below eight have a bucket each; above, the three bits after the leading one choose.
    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 8 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let fraction = Int(value >> UInt64(exponent - 3)) & 7
        return min((exponent - 2) * bucketsPerOctave + fraction, octaves * bucketsPerOctave - 1)
    }

    private static func upperEdge(_ bucket: Int) -> UInt64 {
        guard bucket >= bucketsPerOctave else { return UInt64(bucket) }
        let exponent = bucket / bucketsPerOctave + 2
        let fraction = UInt64(bucket % bucketsPerOctave)
        return (8 + fraction + 1) << UInt64(exponent - 3) - 1
    }
}
