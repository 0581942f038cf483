/// `update`: when to look for new versions and what has to be shown before one is taken.
package struct UpdateConfig: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// Only by hand.
        case off
        /// Look and report.
        case check
        /// Gate, canary, promote or roll back.
        case canary
    }

    package struct Canary: Hashable, Sendable {
        package var percent = 10
        package var callsMin = 50
        package var durationMillisecondsMax = 86_400_000
        /// Side-effecting tools take part.
        package var hasSideEffects = false
    }

    /// The bounds of the decision rule, as probabilities and a ratio of medians.
    package struct Rollback: Hashable, Sendable {
        package var alpha = 0.02
        package var beta = 0.05
        package var delta = 0.1
        package var latencyRatio = 1.5
    }

    package enum EventHook: Hashable, Sendable {
        case webhook(String)
        case command(String)
    }

    package var intervalMilliseconds = 3_600_000
    package var cooldownMilliseconds = 3 * 86_400_000
    package var mode = Mode.canary
    package var canary = Canary()
    package var rollback = Rollback()
    package var onEvent: EventHook?

    package init() {}
}
