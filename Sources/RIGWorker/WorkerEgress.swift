internal import RIGLoop
package import RIGSandbox

/// Serves the sockets that are a worker's only way out: what it is granted is decided by whoever
/// made this, elsewhere.
package struct WorkerEgress: Sendable {
    /// Ends what is open, when the worker has ended.
    package typealias Close = @RequestLoop () -> Void
    /// Begins to accept on the listeners of a worker that runs, which has this process id.
    package typealias Open = @RequestLoop @Sendable (consuming JailSockets, Int32) -> Close

    let open: Open

    package init(_ open: @escaping Open) {
        self.open = open
    }
}
