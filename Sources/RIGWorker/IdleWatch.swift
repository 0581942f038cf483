internal import RIGLoop

/// Tells workers that have had nothing to do for a while from those between two calls.
///
/// They are looked at several times within the idle time: it comes out at most a quarter later, and
/// a call costs no look at the clock.
@RequestLoop
final class IdleWatch {
    private static let looksPerIdleTime = 4

    private let periodNanoseconds: UInt64
    private var pending: LoopTimer?

    init(afterMilliseconds milliseconds: Int) {
        periodNanoseconds = UInt64(milliseconds) * 1_000_000 / UInt64(Self.looksPerIdleTime)
    }

    /// Calls `look` when it is time; nothing when that is arranged already.
    func lookLater(_ look: @escaping @RequestLoop () -> Void) {
        guard pending == nil else { return }
        pending = EventLoop.shared.after(nanoseconds: periodNanoseconds) { [weak self] in
            self?.pending = nil
            look()
        }
    }

    func cancel() {
        if let pending { EventLoop.shared.cancel(pending) }
        pending = nil
    }

    /// To be asked of each worker at each look.
    func isIdle(_ worker: Worker) -> Bool {
        // What the first quiet look saw may have ended a moment before it.
        worker.look() > Self.looksPerIdleTime
    }
}
