/// The numbers of a histogram at one moment, as a value: for /metrics, reports and benchmarks.
package struct HistogramSnapshot: Sendable, Equatable {
    /// Bounds are powers of two, of which the histogram keeps exact counts: 1 µs to 68.7 s.
    package static let exponents = 10...36

    /// One for each bound, in the order of `boundsNanoseconds`, each counting all below it, as in
    /// Prometheus; the bucket `+Inf` is `count`.
    package let cumulativeCounts: [UInt64]
    package let count: UInt64
    package let sumNanoseconds: UInt64
    package let maxNanoseconds: UInt64
    package let p50Nanoseconds: UInt64
    package let p90Nanoseconds: UInt64
    package let p99Nanoseconds: UInt64
    package let p999Nanoseconds: UInt64

    /// Upper bounds: 1 024, 2 048, 4 096 … nanoseconds.
    package static var boundsNanoseconds: [UInt64] { exponents.map { 1 << UInt64($0) } }

    /// The bounds in seconds as Prometheus wants them in `le`: exact decimals, smallest first.
    package static let boundsSeconds: [String] = exponents.map { exponent in
        let nanoseconds = UInt64(1) << UInt64(exponent)
        let fraction = String(nanoseconds % 1_000_000_000)
        var digits = String(repeating: "0", count: 9 - fraction.count) + fraction
        while digits.last == "0" { digits.removeLast() }
        return "\(nanoseconds / 1_000_000_000)" + (digits.isEmpty ? "" : "." + digits)
    }

    package init(_ histogram: Histogram) {
        cumulativeCounts = histogram.counts(belowPowersOfTwo: Self.exponents)
        count = histogram.total
        sumNanoseconds = histogram.sumNanoseconds
        maxNanoseconds = histogram.maxNanoseconds
        p50Nanoseconds = histogram.percentile(0.5)
        p90Nanoseconds = histogram.percentile(0.9)
        p99Nanoseconds = histogram.percentile(0.99)
        p999Nanoseconds = histogram.percentile(0.999)
    }
}
