package import RIGLinux

/// Signals that the loop receives instead of the process.
@RequestLoop
package final class SignalWatch {
    private let source: SignalFd
    private var watch: Watch?

    fileprivate init(_ signals: Set<Signal>) throws(Errno) {
        source = try SignalFd(signals)
    }

    fileprivate func start(_ handler: @escaping @RequestLoop (Signal) -> Void) throws(Errno) {
        watch = try EventLoop.shared.watch(source.fd, .readable) { _ in self.drain(handler) }
    }

    private func drain(_ handler: @RequestLoop (Signal) -> Void) {
        do {
            while watch != nil, let signal = try source.next() { handler(signal) }
        } catch {
            preconditionFailure("a signal descriptor that lives can be read: \(error)")
        }
    }

    /// Stops the reports; the signals stay blocked.
    package func cancel() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
    }
}

@RequestLoop
extension EventLoop {
    /// Reports `signals` to `handler` until cancelled. They must have been blocked with
    /// `Signal.block` before the program started its first thread: a signal for the whole process
    /// goes to any thread that does not block it.
    @discardableResult
    package func signals(
        _ signals: Set<Signal>, _ handler: @escaping @RequestLoop (Signal) -> Void
    ) throws(Errno) -> SignalWatch {
        let watch = try SignalWatch(signals)
        try watch.start(handler)
        return watch
    }

    /// Reaps a child when it ends and reports how, once. `pidfd` must stay open until then, or
    /// until the watch is cancelled.
    package func onExit(
        of pidfd: CInt, _ handler: @escaping @RequestLoop (Result<ExitStatus, Errno>) -> Void
    ) throws(Errno) -> Watch {
        let pending = PendingExit(handler)
        let watch = try watch(pidfd, .readable) { _ in pending.reap(pidfd) }
        pending.watch = watch
        return watch
    }

    /// Suspends until a child has ended, and reaps it.
    /// - Throws: `Errno.noChild` when somebody else reaped it.
    package func exit(of pidfd: CInt) async throws(Errno) -> ExitStatus {
        // SAFETY: either the watch reports, once, or there is no watch.
        let result: Result<ExitStatus, Errno> = await unsafe withUnsafeContinuation {
            continuation in
            do throws(Errno) {
                _ = try onExit(of: pidfd) { unsafe continuation.resume(returning: $0) }
            } catch {
                unsafe continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}

@RequestLoop
private final class PendingExit {
    private let handler: @RequestLoop (Result<ExitStatus, Errno>) -> Void
    var watch: Watch?

    init(_ handler: @escaping @RequestLoop (Result<ExitStatus, Errno>) -> Void) {
        self.handler = handler
    }

    func reap(_ pidfd: CInt) {
        let result: Result<ExitStatus, Errno>
        do {
            guard let status = try ChildProcess.reap(pidfd) else { return }
            result = .success(status)
        } catch {
            result = .failure(error)
        }
        if let watch { EventLoop.shared.cancel(watch) }
        handler(result)
    }
}
