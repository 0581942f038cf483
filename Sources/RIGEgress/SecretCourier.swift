internal import RIGBytes
internal import RIGLinux
package import RIGLoop
internal import Synchronization

/// The sidecar's end of rig-egress, the one process that speaks TLS with secrets in its hands. It is
/// started with the first job, and again with the next one when it has ended; it ends with the
/// sidecar, whose socket it reads.
///
/// rig-egress is given sockets that are connected already: to which address is decided here, with
/// all other rules, and it neither looks names up nor connects.
@RequestLoop
package final class SecretCourier {
    private let program: String
    private let environment: [String: String]
    private var control: Descriptor?
    private var watch: Watch?
    /// Kept until the process is reaped.
    private var process: Started?
    private var jobs: [UInt64: OneShot<CourierReport>] = [:]
    private var nextID: UInt64 = 1
    private var starting: [OneShot<Bool>]?

    /// Jobs under way, all workers together; each is a thread of rig-egress.
    package static let jobsMax = 256
    /// What it inherits: where certificates of authorities are, by OpenSSL's own names.
    private static let inherited = ["SSL_CERT_FILE", "SSL_CERT_DIR"]

    /// - Parameters:
    ///   - program: Path of rig-egress.
    ///   - environment: The sidecar's own.
    package init(program: String, environment: [String: String]) {
        self.program = program
        self.environment = environment.filter { Self.inherited.contains($0.key) }
    }

    package var processID: Int32? { process?.pid }

    /// Hands one request over and waits for its end.
    /// - Parameter onStoppable: Is given what ends the job early.
    func carry(
        _ job: CourierJob, first: ByteBuffer?, worker: consuming Descriptor,
        upstream: consuming Descriptor, onStoppable: (@escaping () -> Void) -> Void
    ) async -> CourierReport {
        guard jobs.count < Self.jobsMax, await start(), let fd = controlFd else {
            return CourierReport(reason: .secretsUnavailable)
        }
        let id = nextID
        nextID += 1
        let end = OneShot<CourierReport>()
        jobs[id] = end
        let packet = job.packet(id: id, first: first)
        do throws(Errno) {
            let sent = try DescriptorPassing.send(fd, packet, [worker.fd, upstream.fd])
            if sent == .wouldBlock { throw .again }
        } catch {
            jobs[id] = nil
            return CourierReport(reason: .secretsUnavailable)
        }
        // The copies are the courier's now.
        _ = consume worker
        _ = consume upstream
        onStoppable { self.cancel(id) }
        return await end.wait()
    }

    private var controlFd: CInt? {
        switch control {
        case .some(let descriptor): descriptor.fd
        case .none: nil
        }
    }

    private func cancel(_ id: UInt64) {
        guard let end = jobs.removeValue(forKey: id) else { return }
        end.resume(CourierReport(reason: .workerEnded))
        guard let fd = controlFd else { return }
        do throws(Errno) {
            _ = try DescriptorPassing.send(fd, CourierJob.cancelPacket(id: id), [])
        } catch {
            // It has ended; the job has too.
            return
        }
    }

    // The process

    /// Whether it runs; starts it when it does not.
    private func start() async -> Bool {
        if control != nil { return true }
        if starting != nil {
            let turn = OneShot<Bool>()
            starting?.append(turn)
            return await turn.wait()
        }
        starting = []
        let (program, environment) = (program, environment)
        let result = await RequestLoop.offload { Started.start(program, environment) }
        var isRunning = false
        if let started = result { isRunning = open(started) }
        let waiting = starting ?? []
        starting = nil
        for turn in waiting { turn.resume(isRunning) }
        return isRunning
    }

    private func open(_ started: Started) -> Bool {
        do throws(Errno) {
            let socket = started.takeControl()
            try socket.setNonBlocking()
            watch = try EventLoop.shared.watch(socket.fd, .readable) { _ in self.readReports() }
            control = consume socket
            process = started
            _ = try EventLoop.shared.onExit(of: started.pidfd) { _ in
                // Reaped; until now the number was its own.
                if self.process === started { self.process = nil }
                withExtendedLifetime(started) {}
            }
            return true
        } catch {
            closeControl()
            return false
        }
    }

    private func readReports() {
        do throws(Errno) {
            while let fd = controlFd {
                var strays: [CInt] = []
                guard
                    let packet = try DescriptorPassing.receive(
                        fd, bytesMax: 4 << 10, into: &strays)
                else { return }
                for stray in strays { _ = Descriptor(owning: stray) }
                guard !packet.isEmpty else { return closeControl() }
                guard let (id, report) = CourierReport.read(packet) else { continue }
                jobs.removeValue(forKey: id)?.resume(report)
            }
        } catch {
            closeControl()
        }
    }

    /// It has ended, with everything it carried.
    private func closeControl() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
        control = nil
        let lost = jobs
        jobs = [:]
        for end in lost.values { end.resume(CourierReport(reason: .secretsUnavailable)) }
    }

    /// Ends it; jobs under way end with it.
    package func close() {
        closeControl()
    }
}

/// A process that was started off the loop, on its way to it.
private final class Started: Sendable {
    let pid: Int32
    let pidfd: CInt
    private let process: ChildProcess
    private let control: Mutex<Descriptor?>

    private init(_ process: consuming ChildProcess, _ control: consuming Descriptor) {
        pid = process.pid
        pidfd = process.pidfd.fd
        self.process = process
        self.control = Mutex(control)
    }

    func takeControl() -> Descriptor {
        guard let control = control.withLock({ $0.take() }) else {
            preconditionFailure("a started process is opened once")
        }
        return control
    }

    static func start(_ program: String, _ environment: [String: String]) -> Started? {
        do throws(Errno) {
            var pair = try SocketPair.make()
            let process = try ChildProcess.spawn(
                SpawnPlan(
                    path: program, arguments: [program], environment: environment,
                    descriptors: [3: pair.farFd]))
            pair.closeFar()
            return Started(process, pair.takeNear())
        } catch {
            return nil
        }
    }
}
