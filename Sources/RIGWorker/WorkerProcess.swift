internal import RIGLinux
internal import RIGLoop
internal import RIGSandbox

/// The jailed process of one worker, beside its frames: its end, what it prints, its work directory.
@RequestLoop
final class WorkerProcess: WorkerBody {
    private var process: JailedProcess
    /// As the worker sees it.
    let workDirectoryInside: String?
    /// What is left to remove when it is gone; nil where the directory ended with its jail.
    private let hostWorkDirectory: String?
    private var output: [OutputCapture] = []
    private var voice: WorkerVoice?
    private var closeEgress: WorkerEgress.Close?
    /// How it ended, once it did.
    private(set) var end: WorkerEnd?

    init(_ launch: WorkerLaunch) {
        process = launch.take()
        workDirectoryInside = launch.workDirectoryInside
        hostWorkDirectory = launch.hostWorkDirectory
    }

    var processID: Int32 { process.workerPid }

    /// The last line on stderr, for a start that failed.
    var lastWords: String? { output.last?.lastLine }

    func takeToWorker() -> Descriptor { process.takeToWorker() }
    func takeFromWorker() -> Descriptor { process.takeFromWorker() }

    /// `onEnd` is told of the process's end, once.
    func watch(onEnd: @escaping @RequestLoop () -> Void) throws(Errno) {
        _ = try EventLoop.shared.onExit(of: process.launcherPidfd) { _ in
            self.end = Self.end(self.process)
            onEnd()
        }
    }

    /// Begins to read what it prints, and to serve its connections.
    func listen(_ plan: WorkerPlan, _ voice: WorkerVoice) throws(Errno) {
        self.voice = voice
        closeEgress = plan.egress?.open(process.takeListeners(), processID)
        output.append(
            try OutputCapture(process.takeOutput(), plan.redactor) { voice.inform($0) })
        output.append(
            try OutputCapture(process.takeErrors(), plan.redactor) { voice.warn($0) })
    }

    func kill() {
        guard end == nil else { return }
        do {
            try process.kill()
        } catch {
            // The launcher does not listen: its death is the worker's.
            do {
                try process.killLauncher()
            } catch {
                voice?.warn("cannot be killed: \(error)")
            }
        }
    }

    /// Ends its connections, and reports what is in the pipes still.
    func close() {
        closeEgress?()
        closeEgress = nil
        for capture in output { capture.close() }
    }

    /// Removes its work directory, where the host has one; it has ended.
    func discard() async {
        guard let path = hostWorkDirectory else { return }
        await RequestLoop.offload {
            do {
                try WorkDirectory.discard(path)
            } catch {
                // The next start of a sidecar sweeps what is left.
                return
            }
        }
    }

    /// The launcher's word, read after it ended; nothing when it was killed before it could speak.
    private static func end(_ process: borrowing JailedProcess) -> WorkerEnd {
        do {
            while let report = try process.nextReport(), report != .closed {
                switch report {
                case .ended(.exited(let status)): return .exited(status: status)
                case .ended(.killed(let signal)): return .killed(signal: signal.number)
                default: continue
                }
            }
        } catch {
            return .stopped
        }
        return .stopped
    }
}
