/// A number of permits and a bounded line of those who wait for one, first come first served.
///
///     switch await gate.enter(timeoutNanoseconds: 30_000_000_000) {
///     case .granted:
///         defer { gate.leave() }
///         …
///     case .full, .timedOut, .cancelled: refuse
///     }
@RequestLoop
package final class Gate {
    package enum Entry: Equatable, Sendable {
        /// The caller holds a permit and must `leave`.
        case granted
        /// The line has its full length.
        case full
        case timedOut
        case cancelled
    }

    package let permits: Int
    package private(set) var held = 0
    private let line: WaitQueue<Void>

    package init(permits: Int, waitersMax: Int) {
        precondition(permits > 0, "a gate lets somebody through")
        self.permits = permits
        line = WaitQueue(countMax: waitersMax)
    }

    package var waiting: Int { line.count }

    /// Takes a permit if one is free and nobody waits; never suspends.
    package func tryEnter() -> Bool {
        if held >= permits || !line.isEmpty { return false }
        held += 1
        return true
    }

    /// Takes a permit, in line if need be.
    package func enter(timeoutNanoseconds: UInt64? = nil) async -> Entry {
        if tryEnter() { return .granted }
        guard let place = line.join(timeoutNanoseconds: timeoutNanoseconds) else { return .full }
        return switch await place.wait() {
        case .delivered: .granted
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        }
    }

    /// Gives a permit back: the first in line has it from this moment on.
    package func leave() {
        precondition(held > 0, "a permit is given back once")
        if !line.deliver(()) { held -= 1 }
    }

    /// Refuses all who wait; those inside stay.
    package func cancelWaiting() {
        line.cancelAll()
    }
}
