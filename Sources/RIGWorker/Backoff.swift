internal import RIGModel

/// How long to wait before the next start of a worker: doubling from the first failure, back to
/// nothing after a success.
struct Backoff {
    private var failures = 0

    /// Zero while nothing failed.
    var delayNanoseconds: UInt64 {
        guard failures > 0 else { return 0 }
        let doubled = Limits.workerBackoffMillisecondsMin << min(failures - 1, 20)
        return UInt64(min(doubled, Limits.workerBackoffMillisecondsMax)) * 1_000_000
    }

    mutating func fail() { failures += 1 }
    /// Waits for the shortest time at least, however often: for an end that a call brought about,
    /// which says little about the next start.
    mutating func stumble() { failures = max(failures, 1) }
    mutating func succeed() { failures = 0 }
}
