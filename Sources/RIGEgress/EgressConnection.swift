internal import RIGBytes
internal import RIGHTTP
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// One connection of a worker, from its acceptance to its row in the audit.
@RequestLoop
final class EgressConnection {
    private var worker: Descriptor?
    private let door: WorkerDoor
    private let role: EgressPolicy.Role
    private let startNanoseconds = MonotonicClock.nowNanoseconds()
    private var event: EgressEvent
    private var isStopped = false
    /// Ends what it waits for at the moment.
    private var onStop: (() -> Void)?
    /// The worker understands HTTP here, so a refusal can say why.
    private var isAnswered = false

    init(_ worker: consuming Descriptor, _ door: WorkerDoor, _ role: EgressPolicy.Role) {
        self.worker = consume worker
        self.door = door
        self.role = role
        let (way, target): (EgressEvent.Way, NetTarget?) =
            switch role {
            case .pinned(let target): (.pinned, target)
            case .secret(let upstream): (.secret, upstream)
            case .proxy: (.proxy, nil)
            }
        event = EgressEvent(
            id: door.service.makeID(), pack: door.pack, workerPID: door.workerPID, way: way,
            host: target?.host ?? "", port: target?.port ?? 0, phase: .opened)
        if case .pinned = role { isAnswered = false } else { isAnswered = true }
    }

    func run() async {
        switch role {
        case .pinned(let target):
            guard let host = HostName(target.host) else { return refuse(.badHost) }
            await tunnel(to: host)
        case .secret(let upstream): await carry(to: upstream, first: nil)
        case .proxy: await serveProxy()
        }
    }

    /// The worker has ended.
    func stop() {
        isStopped = true
        onStop?()
    }

    /// What ends it from now on; at once, when the worker ended meanwhile.
    private func stopBy(_ stop: @escaping () -> Void) {
        onStop = stop
        if isStopped { stop() }
    }

    // Ends

    /// Records and closes; a client of HTTP is told why.
    func refuse(_ reason: EgressReason) {
        record(.refused(reason))
        answer(reason)
    }

    private func fail(_ reason: EgressReason) {
        if reason.isRefusal { return refuse(reason) }
        record(.ended(isStopped ? .workerEnded : reason))
        answer(reason)
    }

    @discardableResult
    private func record(_ phase: EgressEvent.Phase) -> Bool {
        event.phase = phase
        event.durationMicroseconds =
            Int64((MonotonicClock.nowNanoseconds() - startNanoseconds) / 1_000)
        return door.service.record(event)
    }

    private func answer(_ reason: EgressReason) {
        defer { worker = nil }
        guard isAnswered, !isStopped, let fd = fd else { return }
        let text = EgressAnswer.refusal(reason, host: event.host, port: event.port)
        do throws(Errno) {
            // One write: a client that does not read what is refused does not get it.
            _ = try text.drain(to: fd)
            try UnixSocket.finishSending(fd)
        } catch {
            // It has gone.
            return
        }
    }

    private var fd: CInt? {
        switch worker {
        case .some(let descriptor): descriptor.fd
        case .none: nil
        }
    }

    // Tunnels

    private func tunnel(
        to host: HostName, first: [UInt8] = [], answer: StaticString? = nil,
        requestBytes: Int? = nil
    ) async {
        switch await door.dialer.dial(host, port: event.port, onStoppable: stopBy) {
        case .failed(let reason, let address):
            event.address = address
            fail(reason)
        case .connected(let socket, let address):
            event.address = address
            guard !isStopped else { return fail(.workerEnded) }
            guard record(.opened) else { return refuse(.unrecorded) }
            guard let worker = worker.take() else { return }
            let relay = Relay(
                worker: worker, host: socket, door.service.limits, first: first, answer: answer,
                requestBytes: requestBytes)
            let end = OneShot<EgressReason?>()
            onStop = {
                relay.stop()
                end.resume(.workerEnded)
            }
            relay.start { end.resume($0) }
            let reason = await end.wait()
            onStop = nil
            event.sentBytes = relay.sentBytes
            event.receivedBytes = relay.receivedBytes
            event.showsPlaceholder = relay.showsPlaceholder
            record(.ended(reason))
        }
    }

    // Secrets

    private func carry(to upstream: NetTarget, first: ByteBuffer?) async {
        guard let courier = door.service.courier else { return fail(.secretsUnavailable) }
        guard let host = HostName(upstream.host) else { return refuse(.badHost) }
        switch await door.dialer.dial(host, port: upstream.port, onStoppable: stopBy) {
        case .failed(let reason, let address):
            event.address = address
            fail(reason)
        case .connected(let socket, let address):
            event.address = address
            guard !isStopped else { return fail(.workerEnded) }
            guard record(.opened) else { return refuse(.unrecorded) }
            guard let worker = worker.take() else { return }
            let job = CourierJob(
                upstream: upstream, secrets: door.policy.secrets(for: upstream),
                milliseconds: door.service.limits.idleMilliseconds)
            let report = await courier.carry(
                job, first: first, worker: worker, upstream: socket
            ) { self.stopBy($0) }
            onStop = nil
            event.sentBytes = report.sentBytes
            event.receivedBytes = report.receivedBytes
            event.httpStatus = report.status
            event.showsPlaceholder = report.showsPlaceholder
            record(.ended(isStopped ? .workerEnded : report.reason))
        }
    }

    // The proxy

    private func serveProxy() async {
        let input = ByteBuffer(capacity: 4 << 10)
        let request: ProxyRequest
        do throws(EgressReason) {
            request = try await readRequest(input)
        } catch {
            return fail(error)
        }
        event.host = request.host.text
        event.port = request.port
        guard let permission = door.policy.permission(for: request.host, port: request.port)
        else { return refuse(.notGranted) }
        switch (permission, request.kind) {
        case (.tunnel, .connect):
            await tunnel(
                to: request.host, first: request.first,
                answer: "HTTP/1.1 200 Connection Established\r\n\r\n")
        case (.tunnel, .forward(let bytes)):
            await tunnel(to: request.host, first: request.first, requestBytes: bytes)
        case (.secret(let upstream), .forward):
            event = EgressEvent(
                id: event.id, pack: event.pack, workerPID: event.workerPID, way: .secret,
                host: upstream.host, port: upstream.port, phase: .opened)
            await carry(to: upstream, first: input)
        case (.secret, .connect):
            // Through a tunnel nothing can be put into a request.
            refuse(.notGranted)
        }
    }

    private func readRequest(_ input: ByteBuffer) async throws(EgressReason) -> ProxyRequest {
        let done = OneShot<Result<ProxyRequest, EgressReason>>()
        guard let fd else { throw .workerEnded }
        var reader = RequestReader()
        let watch: Watch
        do throws(Errno) {
            watch = try EventLoop.shared.watch(fd, .readable) { _ in
                if let result = Self.readMore(fd, input, &reader) { done.resume(result) }
            }
        } catch {
            throw .peerReset
        }
        let timer = EventLoop.shared.after(
            nanoseconds: UInt64(door.service.limits.headMilliseconds) * 1_000_000
        ) { done.resume(.failure(.idle)) }
        onStop = { done.resume(.failure(.workerEnded)) }
        let result = await done.wait()
        onStop = nil
        EventLoop.shared.cancel(timer)
        EventLoop.shared.cancel(watch)
        return try result.get()
    }

    /// nil until the head is there.
    private static func readMore(
        _ fd: CInt, _ input: ByteBuffer, _ reader: inout RequestReader
    ) -> Result<ProxyRequest, EgressReason>? {
        do throws(Errno) {
            switch try input.fill(from: fd, bytesMax: 4 << 10) {
            case .wouldBlock: return nil
            case .end: return .failure(.badRequest)
            case .bytes: break
            }
        } catch {
            return .failure(.peerReset)
        }
        do throws(HTTPFault) {
            guard try reader.read(input) == .head else { return nil }
        } catch {
            return .failure(.badRequest)
        }
        return ProxyRequest.make(reader.head, bodyOffset: reader.body.offset, input)
    }
}
