internal import RIGLoop
internal import Synchronization

/// The way back from the durable thread to the loop.
///
/// One task on the loop waits here. Resuming it puts it straight into the loop's queue, while a task
/// started on the durable thread would first pass through the system's thread pool.
@safe
final class DurableReturns: Sendable {
    enum Return: Sendable {
        /// An attempt was made; the batch says how it went.
        case batch(DurableBatch)
        /// The thread is gone, with this many rows unwritten.
        case ended(rowsLost: Int)
    }

    @safe
    private struct State {
        var returns: [Return] = []
        var waiter: UnsafeContinuation<Void, Never>?
    }

    // Held for an append or a swap only, once a commit.
    private let state = Mutex(State())

    /// From the durable thread.
    func send(_ one: Return) {
        let waiter = unsafe state.withLock { state in
            state.returns.append(one)
            return unsafe state.waiter.take()
        }
        unsafe waiter?.resume()
    }

    /// On the loop: everything sent since the last time, at least one.
    @RequestLoop
    func next() async -> [Return] {
        while true {
            let returns = take()
            if !returns.isEmpty { return returns }
            await unsafe withUnsafeContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.returns.isEmpty else { return true }
                    // SAFETY: whoever takes it out resumes it; there is one waiter at a time.
                    unsafe state.waiter = continuation
                    return false
                }
                if isReady { unsafe continuation.resume() }
            }
        }
    }

    private func take() -> [Return] {
        state.withLock { state in
            let returns = state.returns
            state.returns = []
            return returns
        }
    }
}
