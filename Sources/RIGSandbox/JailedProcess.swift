package import RIGLinux

/// A worker that runs confined, with its launcher as monitor between it and the sidecar.
///
/// The sidecar's ends of the pipes are non-blocking and can be taken out one by one. When
/// `launcherPidfd` is readable, `reap`: the worker is dead then, or dies at that moment. Dropping
/// the value kills the worker too, but leaves the launcher unreaped.
package struct JailedProcess: ~Copyable, Sendable {
    /// For /proc and for logs; to end the worker call `kill`.
    package let workerPid: Int32
    private let launcher: ChildProcess
    private let control: Descriptor
    private var pipes: JailPipes
    private var listeners: JailSockets
    /// Held for as long as the worker may live.
    private let lease: IdentityLease?

    init(
        workerPid: Int32, launcher: consuming ChildProcess, control: consuming Descriptor,
        pipes: consuming JailPipes, listeners: consuming JailSockets,
        lease: IdentityLease?
    ) {
        self.workerPid = workerPid
        self.launcher = launcher
        self.control = control
        self.pipes = pipes
        self.listeners = listeners
        self.lease = lease
    }

    package var launcherPid: Int32 { launcher.pid }
    package var launcherPidfd: CInt { launcher.pidfd.fd }
    /// Readable when the launcher has something to say; see `nextReport`.
    package var controlFd: CInt { control.fd }
    /// The worker's descriptor 3: frames to it. Like the next three, until it is taken.
    package var toWorkerFd: CInt { pipes.toWorker.writingFd }
    /// The worker's descriptor 4: frames from it.
    package var fromWorkerFd: CInt { pipes.fromWorker.readingFd }
    /// The worker's standard output.
    package var outputFd: CInt { pipes.output.readingFd }
    /// The worker's standard error.
    package var errorsFd: CInt { pipes.errors.readingFd }

    package mutating func takeToWorker() -> Descriptor { pipes.toWorker.takeWriting() }
    package mutating func takeFromWorker() -> Descriptor { pipes.fromWorker.takeReading() }
    package mutating func takeOutput() -> Descriptor { pipes.output.takeReading() }
    package mutating func takeErrors() -> Descriptor { pipes.errors.takeReading() }

    /// The plan's listeners, in its order; empty when they were taken. Non-blocking. To be closed
    /// when the worker has ended.
    package mutating func takeListeners() -> JailSockets {
        var taken = JailSockets([])
        swap(&taken, &listeners)
        return taken
    }

    /// Ends the worker at once. Its launcher then reports how it ended and ends too. Harmless when
    /// it has ended already.
    package func kill() throws(SandboxError) {
        do throws(Errno) {
            try SocketPair.send(control.fd, [UInt8(ascii: "K")])
        } catch .brokenPipe {
            return
        } catch {
            throw .system(.killWorker, error)
        }
    }

    /// As `kill`, for a launcher that does not answer: the worker dies by its parent-death signal.
    package func killLauncher() throws(SandboxError) {
        do {
            try launcher.signal(.kill)
        } catch {
            throw .system(.killWorker, error)
        }
    }

    /// What the launcher says next: `ended` once, then `closed`; nil when there is nothing yet.
    package func nextReport() throws(SandboxError) -> JailReport? {
        try JailReport.read(control.fd)
    }

    /// Takes the launcher out of the process table; false while it runs. After true the value is
    /// of no more use than its pipes' last bytes.
    package func reap() throws(SandboxError) -> Bool {
        do {
            return try launcher.reap() != nil
        } catch {
            throw .system(.readReport, error)
        }
    }

    /// Waits for the end and reaps; blocks. nil when the time ran out, and when the launcher was
    /// killed before it could say how the worker ended.
    package func wait(timeoutMilliseconds: Int) throws(SandboxError) -> ExitStatus? {
        var status: ExitStatus?
        do throws(Errno) {
            guard try launcher.wait(timeoutMilliseconds: timeoutMilliseconds) != nil else {
                return nil
            }
        } catch {
            throw .system(.readReport, error)
        }
        while let report = try nextReport(), report != .closed {
            if case .ended(let end) = report { status = end }
        }
        return status
    }
}
