internal import RIGLoop
internal import RIGWorker

/// Waiting beside the workers: never longer than the call may, and not for a caller that has left.
@RequestLoop
enum Patience {
    enum End: Sendable {
        case delivered
        case late
        case cancelled
    }

    /// Waits until `shot` is resumed, which is with `.delivered`.
    static func wait(
        for shot: OneShot<End>, until deadlineNanoseconds: UInt64, _ cancellation: Cancellation
    ) async -> End {
        if cancellation.isCancelled { return .cancelled }
        let timer = EventLoop.shared.at(deadlineNanoseconds) { shot.resume(.late) }
        cancellation.onCancel { shot.resume(.cancelled) }
        let end = await shot.wait()
        cancellation.onCancel(nil)
        EventLoop.shared.cancel(timer)
        return end
    }

    /// Lets time pass.
    /// - Returns: false when the caller left meanwhile.
    static func pause(until nanoseconds: UInt64, _ cancellation: Cancellation) async -> Bool {
        await wait(for: OneShot<End>(), until: nanoseconds, cancellation) == .late
    }
}
