/// The request plane: everything marked `@RequestLoop` runs on the one loop thread.
///
/// A function that awaits must be `@RequestLoop` itself: a nonisolated async function leaves the
/// thread and comes back through the eventfd, at several microseconds.
@globalActor
package actor RequestLoop {
    package static let shared = RequestLoop()

    private init() {}

    nonisolated package var unownedExecutor: UnownedSerialExecutor {
        // SAFETY: the one loop is never freed.
        unsafe EventLoop.shared.asUnownedSerialExecutor()
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
