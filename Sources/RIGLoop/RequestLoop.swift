/// The request plane: everything marked `@RequestLoop` runs on the one loop thread.
///
/// Start its tasks with `RequestLoop.start`, not with `Task`. The runtime resumes a continuation
/// on the task's preferred executor first and on the actor's second; a plain task prefers the
/// global pool, so each of its suspensions costs two thread switches (some 20 µs instead of 0.5 to
/// 1), and two of them that are resumed one after the other may come back in the other order.
/// Nonisolated async functions that such a task calls stay on the loop as well: work that blocks
/// goes through `RequestLoop.offload`.
@globalActor
package actor RequestLoop {
    package static let shared = RequestLoop()

    private init() {}

    nonisolated package var unownedExecutor: UnownedSerialExecutor {
        // Both run on the loop's thread alone, so isolation holds whichever a task is given.
        OwnTasks.hasCurrentTask
            ? unsafe OwnTasks.shared.asUnownedSerialExecutor()
            : unsafe EventLoop.shared.asUnownedSerialExecutor()
    }

    /// Starts a task that stays on the loop whatever it awaits. From any thread.
    @discardableResult
    nonisolated package static func start<Value: Sendable>(
        _ body: @escaping @RequestLoop () async -> Value
    ) -> Task<Value, Never> {
        Task(executorPreference: OwnTasks.shared) { await body() }
    }

    /// Runs `body`, which may block, on the global pool while the caller is suspended.
    nonisolated package static func offload<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Task.detached { () -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        return try await task.value.get()
    }

    /// Runs `body` at once, for synchronous code that is known to be on the loop thread. Stops the
    /// process when it is not.
    nonisolated package static func assume<Result, Failure: Error>(
        _ body: @RequestLoop () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        EventLoop.shared.requireOwnThread()
        typealias Plain = () throws(Failure) -> Result
        return try withoutActuallyEscaping(body) { escaping throws(Failure) in
            // SAFETY: the types differ in isolation only, which the check above establishes.
            try unsafe unsafeBitCast(escaping, to: Plain.self)()
        }
    }
}
