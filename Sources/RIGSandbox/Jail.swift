internal import RIGLinux

/// Starting workers inside the jail.
package enum Jail {
    /// Numbers that the launcher expects (Sources/rig-jail/jail.h).
    private enum Place {
        static let output: CInt = 1
        static let errors: CInt = 2
        static let toWorker: CInt = 3
        static let fromWorker: CInt = 4
        static let control: CInt = 5
        static let plan: CInt = 6
        static let filter: CInt = 7
    }

    /// Starts a worker and returns when its interpreter runs, confined as the plan says. Blocks for
    /// some milliseconds: to be called off the loop. The work directory must be prepared.
    /// - Parameter launcher: Path of rig-jail.
    /// - Throws: What refused; nothing is left running then.
    package static func spawn(
        _ plan: JailPlan, launcher: String, timeoutMilliseconds: Int = 10_000
    ) throws(SandboxError) -> JailedProcess {
        let file: Descriptor
        var pipes: JailPipes
        do {
            file = try Memfd.make(name: "rig-plan", sealed: LaunchPlan(plan).bytes)
        } catch {
            throw .system(.makePlan, error)
        }
        do {
            pipes = try JailPipes.make()
        } catch {
            throw .system(.makePipes, error)
        }
        var places = [
            Place.output: pipes.output.writingFd, Place.errors: pipes.errors.writingFd,
            Place.toWorker: pipes.toWorker.readingFd, Place.fromWorker: pipes.fromWorker.writingFd,
            Place.control: pipes.control.farFd, Place.plan: file.fd,
        ]
        if let filter = plan.filter { places[Place.filter] = filter.file.fd }
        let child = try start(SpawnPlan(path: launcher, arguments: [launcher], descriptors: places))
        withExtendedLifetime(plan.filter) {}
        pipes.closeFar()
        let control = pipes.control.takeNear()
        var listeners = JailSockets([])
        let pid: Int32
        do throws(SandboxError) {
            pid = try awaitRunning(control.fd, plan, &listeners, timeoutMilliseconds)
            try pipes.setNonBlocking(control)
        } catch {
            try end(child)
            throw error
        }
        return JailedProcess(
            workerPid: pid, launcher: child, control: control, pipes: pipes,
            listeners: listeners, lease: plan.lease)
    }

    static func start(_ plan: SpawnPlan) throws(SandboxError) -> ChildProcess {
        do {
            return try ChildProcess.spawn(plan)
        } catch {
            throw .system(.startLauncher, error)
        }
    }

    /// The launcher's death is the worker's.
    static func end(_ launcher: borrowing ChildProcess) throws(SandboxError) {
        do throws(Errno) {
            try launcher.signal(.kill)
            _ = try launcher.wait()
        } catch {
            throw .system(.killWorker, error)
        }
    }

    /// The next report within the time, or `startTimedOut`.
    static func nextReport(
        _ control: CInt, _ timeoutMilliseconds: Int, _ sockets: inout JailSockets
    ) throws(SandboxError) -> JailReport? {
        let isThere: Bool
        do {
            isThere = try Poll.wait(
                control, for: .read, timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            throw .system(.readReport, error)
        }
        if !isThere { throw .startTimedOut }
        return try sockets.receive(control)
    }

    private static func awaitRunning(
        _ control: CInt, _ plan: JailPlan, _ sockets: inout JailSockets,
        _ timeoutMilliseconds: Int
    ) throws(SandboxError) -> Int32 {
        switch try nextReport(control, timeoutMilliseconds, &sockets) {
        case .sockets:
            return try awaitRunning(control, plan, &sockets, timeoutMilliseconds)
        case .running(let pid):
            guard sockets.count == plan.listeners.count else { throw .launcherFailed }
            return pid
        case .failed(let step, let errno, let index):
            let isPath = step == .paths || step == .landlock || step == .mounts
            let known = index.flatMap { plan.paths.indices.contains($0) ? $0 : nil }
            throw .step(step, errno, path: isPath ? known.map { plan.paths[$0].path } : nil)
        case .ended, .probed, .closed, nil: throw .launcherFailed
        }
    }
}

/// The pipes and the socket between the sidecar and one worker.
struct JailPipes: ~Copyable {
    var toWorker: Pipe
    var fromWorker: Pipe
    var output: Pipe
    var errors: Pipe
    var control: SocketPair.Pair

    static func make() throws(Errno) -> JailPipes {
        JailPipes(
            toWorker: try Pipe.make(), fromWorker: try Pipe.make(), output: try Pipe.make(),
            errors: try Pipe.make(), control: try SocketPair.make())
    }

    /// What the child has now: the sidecar would otherwise keep the worker's pipes from ending.
    mutating func closeFar() {
        toWorker.closeReading()
        fromWorker.closeWriting()
        output.closeWriting()
        errors.closeWriting()
        control.closeFar()
    }

    /// For the loop. The worker's ends are other open files and stay blocking.
    func setNonBlocking(_ control: borrowing Descriptor) throws(SandboxError) {
        do throws(Errno) {
            try control.setNonBlocking()
            let fds = [
                toWorker.writingFd, fromWorker.readingFd, output.readingFd, errors.readingFd,
            ]
            for fd in fds { try Descriptor.setNonBlocking(fd) }
        } catch {
            throw .system(.makePipes, error)
        }
    }
}
