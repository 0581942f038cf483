internal import RIGModel

/// Whether a pack is left alone for a while. No clock and no worker: `PackHealth` tells it what
/// happened and when, on the monotonic clock.
///
///     closed ──breakerFailuresMax in a row──► open ──its time is over──► half open
///        ▲                                     ▲                            │
///        └────────── any answer ───────────────┼──────── a failure ─────────┘
///                                              └ for twice as long
///
/// Open and half open let single calls through to see how the pack does, one a second at most: half
/// open whoever comes, open only a caller of a tool with whom nothing has failed yet, so that one
/// caller's bad call does not lock out the others.
struct Breaker {
    private(set) var failuresInRow = 0
    private(set) var timesOpened = 0
    private var isOpen = false
    private var openUntil: UInt64 = 0
    /// Until then the last call that was let through may be at work.
    private var probeUntil: UInt64 = 0
    private var cooldown = milliseconds(Limits.breakerMillisecondsMin)
    /// With whom it failed, since the last answer.
    private var culprits: [Int] = []
    private var lastEnd: UInt64 = 0

    private static let culpritsMax = 64

    private static func milliseconds(_ count: Int) -> UInt64 { UInt64(count) * 1_000_000 }

    func state(at now: UInt64) -> BreakerState {
        isOpen ? (now < openUntil ? .open : .halfOpen) : .closed
    }

    var isClosed: Bool { !isOpen }

    /// Nanoseconds until a call may come again; 0 when this one may go on. `caller` stands for who
    /// calls which tool.
    func wait(_ caller: Int, at now: UInt64) -> UInt64 {
        guard isOpen else { return 0 }
        guard now >= probeUntil else { return max(probeUntil, openUntil) - now }
        let isInnocent = culprits.count < Self.culpritsMax && !culprits.contains(caller)
        return now >= openUntil || isInnocent ? 0 : openUntil - now
    }

    /// The same, for a call that then goes to a worker: it is the probe.
    mutating func enter(_ caller: Int, at now: UInt64) -> UInt64 {
        let wait = wait(caller, at: now)
        if isOpen, wait == 0 { probeUntil = now + Self.milliseconds(Limits.breakerMillisecondsMin) }
        return wait
    }

    /// A worker answered, whatever it said.
    mutating func answered() {
        guard isOpen || failuresInRow > 0 else { return }
        isOpen = false
        failuresInRow = 0
        probeUntil = 0
        cooldown = Self.milliseconds(Limits.breakerMillisecondsMin)
        culprits.removeAll(keepingCapacity: true)
    }

    /// A call came back without an answer.
    ///
    /// - Parameter isEnd: Its worker ended, or none could be started. All calls that one worker held
    ///   fail at once: those sent before the last such failure say nothing new.
    mutating func failed(_ caller: Int, sentAt sent: UInt64, at now: UInt64, isEnd: Bool) {
        if culprits.count < Self.culpritsMax, !culprits.contains(caller) {
            culprits.append(caller)
        }
        if isEnd {
            guard sent > lastEnd else { return }
            lastEnd = now
        }
        failuresInRow += 1
        if !isOpen {
            guard failuresInRow >= Limits.breakerFailuresMax else { return }
            isOpen = true
            timesOpened += 1
            openUntil = now + cooldown
        } else {
            probeUntil = 0
            guard now >= openUntil else { return }
            cooldown = min(cooldown * 2, Self.milliseconds(Limits.breakerMillisecondsMax))
            openUntil = now + cooldown
        }
    }
}

/// As reports and metrics name it.
package enum BreakerState: String, Sendable, CaseIterable {
    case closed
    case halfOpen = "half_open"
    case open
}
