internal import RIGModel

/// What a pool knows of starts that failed, and how long it waits for the next. Pure.
struct PoolHealth {
    /// The last start that failed, or the last worker that ended before it answered anything; nil
    /// since one began to serve.
    private(set) var lastFailure: WorkerPool.Failure?
    /// Of the pool's whole life.
    private(set) var failures = 0
    /// Since the last recovery.
    private(set) var failuresInRow = 0
    private var backoff = Backoff()

    /// From now to the next start.
    var delayNanoseconds: UInt64 { backoff.delayNanoseconds }

    /// A start failed, or a worker died by itself.
    mutating func startFailed(_ error: RTPError) {
        backoff.fail()
        note(error)
    }

    /// A worker died with its first call: calls bound how often they can kill, a worker that dies
    /// by itself has no bound.
    mutating func diedWithCall(_ error: RTPError) {
        backoff.stumble()
        note(error)
    }

    private mutating func note(_ error: RTPError) {
        failures += 1
        failuresInRow += 1
        lastFailure = WorkerPool.Failure(error: error, count: failuresInRow)
    }

    /// A worker is ready; whether it can answer is not known yet.
    mutating func hasWorker() { lastFailure = nil }

    /// A worker has answered: whatever failed before is over.
    mutating func recover() {
        backoff.succeed()
        failuresInRow = 0
        lastFailure = nil
    }
}
