/// Counts what happened in the last stretch of time, in 64 slices of it.
///
/// Exact where it matters: no stretch of the whole length, wherever it begins, holds more than was
/// allowed. In return a call stays counted up to a 63rd of the length longer than it would have to.
struct SlidingWindow: Sendable {
    static let slices = 64

    private var counts = [64 of UInt32](repeating: 0)
    /// The slice that time was in when the window was last looked at.
    private var now: UInt64 = 0
    private(set) var total = 0

    /// The width that makes 63 whole slices cover the length: two moments less than a length apart
    /// are then at most 63 slices apart, and the ring holds both.
    static func sliceNanoseconds(lengthMilliseconds: Int) -> UInt64 {
        max(1, (UInt64(lengthMilliseconds) * 1_000_000 + 62) / 63)
    }

    /// Forgets what is too long ago. Time does not run backwards; a moment before the last one is
    /// taken for the last one.
    mutating func advance(to slice: UInt64) {
        guard slice > now else { return }
        if slice - now >= UInt64(Self.slices) || total == 0 {
            if total > 0 { self = SlidingWindow() }
            now = slice
            return
        }
        while now < slice {
            now += 1
            let index = Int(now & 63)
            total -= Int(counts[index])
            counts[index] = 0
        }
    }

    /// Counts one in the slice of the last `advance`.
    mutating func add() {
        counts[Int(now & 63)] += 1
        total += 1
    }

    /// The first slice in which fewer than `calls` are counted, if no more happen; now, if so.
    func sliceWithRoom(calls: Int) -> UInt64 {
        var left = total
        if left < calls { return now }
        for age in stride(from: min(now, 63), through: 0, by: -1) {
            left -= Int(counts[Int((now - age) & 63)])
            // A slice leaves the ring when it is 64 slices old.
            if left < calls { return now - age + UInt64(Self.slices) }
        }
        return now + UInt64(Self.slices)
    }
}
