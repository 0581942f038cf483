internal import RIGLinux
internal import RIGLoop

/// A call that a pool has taken in and not yet answered.
@RequestLoop
@safe
final class HeldCall {
    enum Place {
        case new, queued
        /// In a worker's hands under this id.
        case sent(id: UInt64)
        case ended
    }

    let invocation: Invocation
    let onProgress: ((Progress) -> Void)?
    var place = Place.new
    /// When it began to wait for a worker, or how long it did; no clock is read for a call that
    /// does not wait.
    private var queuedAtNanoseconds: UInt64 = 0
    private(set) var queuedNanoseconds: UInt64 = 0
    private var continuation: UnsafeContinuation<Result<ReplyFrame, DispatchFailure>, Never>?
    private var deadline: LoopTimer?

    init(_ invocation: Invocation, onProgress: ((Progress) -> Void)?) {
        self.invocation = invocation
        self.onProgress = onProgress
    }

    func beginsToQueue() {
        place = .queued
        queuedAtNanoseconds = MonotonicClock.nowNanoseconds()
    }

    func leavesQueue() {
        queuedNanoseconds = MonotonicClock.nowNanoseconds() &- queuedAtNanoseconds
    }

    var isEnded: Bool {
        if case .ended = place { return true }
        return false
    }

    /// Suspends the caller until `end`; `begin` runs once the call can be ended.
    func wait(
        expire: @escaping @RequestLoop () -> Void, begin: @RequestLoop () -> Void
    ) async -> Result<ReplyFrame, DispatchFailure> {
        // SAFETY: `end` resumes it exactly once: it takes it out of the property first.
        await unsafe withUnsafeContinuation { continuation in
            unsafe self.continuation = continuation
            deadline = EventLoop.shared.at(invocation.deadlineNanoseconds, expire)
            begin()
        }
    }

    /// Gives the caller its answer; the first one counts.
    func end(_ result: Result<ReplyFrame, DispatchFailure>) {
        guard let continuation = unsafe continuation else { return }
        unsafe self.continuation = nil
        place = .ended
        if let deadline { EventLoop.shared.cancel(deadline) }
        deadline = nil
        unsafe continuation.resume(returning: result)
    }
}
