internal import RIGLinux
internal import RIGLoop

/// One connection to a runner that someone else supervises: to RIG a worker like any other, whose
/// process, output and memory are not its to see.
@RequestLoop
final class WorkerConnection: WorkerBody {
    private let socket: Descriptor
    private var onEnd: (@RequestLoop () -> Void)?
    private(set) var end: WorkerEnd?

    /// Connects; a Unix socket answers at once.
    init(_ path: String) throws(Errno) {
        socket = try UnixSocket.connect(path)
    }

    var processID: Int32 { 0 }
    var workDirectoryInside: String? { nil }
    var lastWords: String? { nil }

    func watch(onEnd: @escaping @RequestLoop () -> Void) {
        self.onEnd = onEnd
    }

    // Two numbers for one socket: the loop watches each for itself.
    func takeToWorker() throws(Errno) -> Descriptor { try socket.duplicate() }
    func takeFromWorker() throws(Errno) -> Descriptor { try socket.duplicate() }

    func listen(_ plan: WorkerPlan, _ voice: WorkerVoice) {}

    /// Ends the connection, upon which the runner ends the worker behind it. Our own reader sees
    /// the end in a later tick.
    func kill() {
        guard end == nil else { return }
        end = .disconnected
        do {
            try UnixSocket.shutDown(socket.fd)
        } catch {
            // The other side was faster: it is as it should be.
        }
        onEnd?()
        onEnd = nil
    }

    func close() {}
    func discard() async {}
}
