internal import RIGLinux
package import RIGLoop

/// The stages whose time is counted; the order is the path's. The raw name is that of metrics and
/// `rig bench`.
package enum Stage: Int, Sendable, CaseIterable {
    /// Bytes of the request into memory, and its envelope: a front's.
    case read
    /// Stage 1 over the arguments.
    case scan
    case route, validate, policy
    /// Looking up an idempotency key, or waiting for the call that holds it.
    case idempotency
    case approval
    /// Waiting for the disk: the intent before the call, the outcome after it.
    case audit
    /// Waiting for a worker with room, or until a retry is due.
    case queue
    /// From the frame to the worker to the frame from it.
    case worker
    case redact
    case outputCheck
    /// The answer's bytes to the caller: a front's.
    case write

    package static let count = 13

    package var name: String {
        switch self {
        case .read: "read"
        case .scan: "scan"
        case .route: "route"
        case .validate: "validate"
        case .policy: "policy"
        case .idempotency: "idempotency"
        case .approval: "approval"
        case .audit: "audit"
        case .queue: "queue"
        case .worker: "worker"
        case .redact: "redact"
        case .outputCheck: "output_check"
        case .write: "write"
        }
    }
}

/// Stamps of one call: `mark` charges the time since the last mark to a stage.
package struct StageClock: Sendable {
    package let started: UInt64
    /// When the last mark was made.
    package private(set) var lastNanoseconds: UInt64
    /// One for each stage; the size of an inline array is a literal.
    private var spent = [13 of UInt64](repeating: 0)

    package init() {
        started = MonotonicClock.nowNanoseconds()
        lastNanoseconds = started
    }

    package mutating func mark(_ stage: Stage) {
        let now = MonotonicClock.nowNanoseconds()
        spent[stage.rawValue] &+= now &- lastNanoseconds
        lastNanoseconds = now
    }

    /// Charges the first `nanoseconds` since the last mark to `other`, the rest to `stage`.
    package mutating func mark(_ stage: Stage, after nanoseconds: UInt64, in other: Stage) {
        mark(stage)
        let moved = min(nanoseconds, spent[stage.rawValue])
        spent[stage.rawValue] &-= moved
        spent[other.rawValue] &+= moved
    }

    /// Nanoseconds from receive to the last mark.
    package var elapsedNanoseconds: UInt64 { lastNanoseconds &- started }

    subscript(stage: Int) -> UInt64 { spent[stage] }
}

/// The time of every stage over all calls.
@RequestLoop
package final class StageTimes {
    private var stages = [Histogram](repeating: Histogram(), count: Stage.count)
    /// From receive to the outcome on record.
    package private(set) var calls = Histogram()

    func record(_ clock: StageClock) {
        for stage in 0..<Stage.count where clock[stage] > 0 {
            stages[stage].record(clock[stage])
        }
        calls.record(clock.elapsedNanoseconds)
    }

    /// For what fronts measure themselves: `read` and `write`.
    package func note(_ stage: Stage, nanoseconds: UInt64) {
        stages[stage.rawValue].record(nanoseconds)
    }

    package subscript(stage: Stage) -> Histogram { stages[stage.rawValue] }

    /// The numbers of every stage that was ever reached, in the order of the path.
    package func snapshot() -> [(stage: Stage, HistogramSnapshot)] {
        Stage.allCases.filter { self[$0].total > 0 }.map { ($0, HistogramSnapshot(self[$0])) }
    }
}
