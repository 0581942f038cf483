internal import RIGLinux
package import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGWorker

/// How one pack does, from what becomes of its calls: its breaker, its budget of retries, and how
/// long a call takes it. Packs share nothing of this, so a sick one is only ever its own.
@RequestLoop
package final class PackHealth {
    let namespace: String
    private let pool: WorkerPool
    private var breaker = Breaker()
    private var budget = RetryBudget()
    /// What failed last, in words.
    private var lastFailure = ""
    /// Of the answers, an eighth of the way to each new one.
    private var answerNanoseconds: UInt64 = 0
    private var retries = 0
    private var retriesDenied = 0
    private var turnedAway = 0
    private var shed = 0

    init(_ namespace: String, _ pool: WorkerPool) {
        self.namespace = namespace
        self.pool = pool
    }

    /// Why a call had better not be begun, before anybody is asked about it and anything written.
    func refusal(_ call: borrowing Call, _ route: Route) -> RTPError? {
        if !breaker.isClosed {
            let now = MonotonicClock.nowNanoseconds()
            let wait = breaker.wait(Self.caller(call, route), at: now)
            if wait > 0 { return failing(wait) }
        }
        return pool.isFull ? full() : nil
    }

    /// The same for one attempt that goes to a worker now.
    func enter(_ call: borrowing Call, _ route: Route) -> RTPError? {
        if breaker.isClosed { return nil }
        let wait = breaker.enter(
            Self.caller(call, route), at: MonotonicClock.nowNanoseconds())
        return wait > 0 ? failing(wait) : nil
    }

    private func failing(_ waitNanoseconds: UInt64) -> RTPError {
        turnedAway += 1
        return .overloaded(
            "\(namespace) keeps failing (\(lastFailure)): calls are let through again later",
            retryAfterMilliseconds: Int((waitNanoseconds + 999_999) / 1_000_000))
    }

    /// The queue has its full length.
    func full() -> RTPError {
        shed += 1
        let limits = pool.plan.limits
        let lanes = UInt64(max(1, limits.workersMax * limits.concurrency))
        let milliseconds = answerNanoseconds / 1_000_000 * UInt64(limits.queueMax + 1) / lanes
        return .overloaded(
            pack: namespace, waiting: limits.queueMax,
            retryAfterMilliseconds: Int(min(max(milliseconds, 50), 30_000)))
    }

    /// A call goes to a worker for the first time.
    func begins() { budget.add() }

    func mayRetry() -> Bool {
        let may = budget.take()
        if may { retries += 1 } else { retriesDenied += 1 }
        return may
    }

    func answered(afterNanoseconds nanoseconds: UInt64) {
        breaker.answered()
        answerNanoseconds =
            answerNanoseconds == 0
            ? nanoseconds : answerNanoseconds - answerNanoseconds / 8 + nanoseconds / 8
    }

    /// What came back without an answer. Time that the caller itself cut short is no failure of the
    /// pack, nor that it took its call back, nor that the queue is full.
    func failed(
        _ failure: DispatchFailure, _ call: borrowing Call, _ route: Route, sentAt sent: UInt64,
        isCutShort: Bool
    ) {
        switch failure {
        case .overloaded, .cancelled, .timeout(sent: false): return
        case .timeout:
            if isCutShort { return }
            lastFailure = "no answer in time"
        case .crashed(let end): lastFailure = "its worker \(end.text)"
        case .unavailable(let error): lastFailure = error.message
        }
        var isEnd = true
        if case .timeout = failure { isEnd = false }
        breaker.failed(
            Self.caller(call, route), sentAt: sent, at: MonotonicClock.nowNanoseconds(),
            isEnd: isEnd)
    }

    private static func caller(_ call: borrowing Call, _ route: Route) -> Int {
        var hasher = Hasher()
        hasher.combine(call.request.caller.tenant.text)
        hasher.combine(route.tool.name)
        return hasher.finalize()
    }

    /// How the pack does at this moment.
    package var condition: PackCondition {
        let now = MonotonicClock.nowNanoseconds()
        let load = pool.load
        let limits = pool.plan.limits
        return PackCondition(
            namespace: namespace, breaker: breaker.state(at: now),
            failuresInRow: breaker.failuresInRow, timesOpened: breaker.timesOpened,
            lastFailure: breaker.failuresInRow > 0 ? lastFailure : nil, workers: load.workers,
            callsHeld: load.held, callsQueued: load.queued, callsQueuedMax: limits.queueMax,
            callsTurnedAway: turnedAway, callsShed: shed, retries: retries,
            retriesDenied: retriesDenied, retryTokens: budget.tokens)
    }
}

/// How a pack does, as a value: for /readyz and /metrics. Counts are since its pool began.
package struct PackCondition: Sendable {
    package let namespace: String
    package let breaker: BreakerState
    package let failuresInRow: Int
    package let timesOpened: Int
    /// What failed last; nil when calls are answered.
    package let lastFailure: String?
    package let workers: Int
    package let callsHeld: Int
    package let callsQueued: Int
    package let callsQueuedMax: Int
    /// Refused by the breaker.
    package let callsTurnedAway: Int
    /// Refused by the full queue.
    package let callsShed: Int
    package let retries: Int
    /// Retries that the budget did not allow.
    package let retriesDenied: Int
    package let retryTokens: Double

    /// Whether calls are let through as usual.
    package var isReady: Bool { breaker == .closed }
}
