internal import RIGLinux
package import RIGLoop

/// The stages whose time is counted; the order is the path's.
package enum Stage: Int, Sendable, CaseIterable {
    case route, validate, permit, approve, intent, dispatch, redact, output, outcome

    package var name: String {
        switch self {
        case .route: "route"
        case .validate: "validate"
        case .permit: "permit"
        case .approve: "approve"
        case .intent: "intent"
        case .dispatch: "dispatch"
        case .redact: "redact"
        case .output: "output"
        case .outcome: "outcome"
        }
    }
}

/// Stamps of one call: `mark` charges the time since the last mark to a stage.
package struct StageClock: Sendable {
    package let started: UInt64
    private var last: UInt64
    /// One for each stage; the size of an inline array is a literal.
    private var spent = [9 of UInt64](repeating: 0)

    package init() {
        started = MonotonicClock.nowNanoseconds()
        last = started
    }

    package mutating func mark(_ stage: Stage) {
        let now = MonotonicClock.nowNanoseconds()
        spent[stage.rawValue] &+= now &- last
        last = now
    }

    /// Nanoseconds from receive to the last mark.
    package var elapsedNanoseconds: UInt64 { last &- started }

    subscript(stage: Stage) -> UInt64 { spent[stage.rawValue] }
}

/// The time of every stage over all calls.
@RequestLoop
package final class StageTimes {
    private var stages = [Histogram](repeating: Histogram(), count: Stage.allCases.count)

    func record(_ clock: StageClock) {
        for stage in Stage.allCases where clock[stage] > 0 {
            stages[stage.rawValue].record(clock[stage])
        }
    }

    package subscript(stage: Stage) -> Histogram { stages[stage.rawValue] }
}
