/// One value that one piece of loop code waits for and another one delivers, in either order.
///
/// Costs one object; waiting and delivering allocate nothing. A value that was delivered first is
/// handed over without suspending.
///
///     let answer = OneShot<Frame>()
///     table[id] = answer            // the reader calls answer.resume(frame)
///     let frame = await answer.wait()
@RequestLoop
package final class OneShot<Value: Sendable> {
    @safe
    private enum State {
        case idle
        case waiting(UnsafeContinuation<Value, Never>)
        case delivered(Value)
        case done
    }

    private var state = State.idle

    package init() {}

    /// Whether a value was delivered, taken or not.
    package var isResumed: Bool {
        switch state {
        case .idle, .waiting: false
        case .delivered, .done: true
        }
    }

    /// Suspends until the value is there. Once only.
    package func wait() async -> Value {
        if case .delivered(let value) = state {
            state = .done
            return value
        }
        guard case .idle = state else { preconditionFailure("a value is taken once") }
        // SAFETY: every path out of `.waiting` resumes the continuation and leaves the state.
        return await unsafe withUnsafeContinuation {
            unsafe state = .waiting($0)
        }
    }

    /// Delivers the value. The first one counts.
    /// - Returns: false when there was one already.
    @discardableResult
    package func resume(_ value: Value) -> Bool {
        switch state {
        case .idle:
            state = .delivered(value)
        case .waiting(let continuation):
            state = .done
            unsafe continuation.resume(returning: value)
        case .delivered, .done:
            return false
        }
        return true
    }
}
