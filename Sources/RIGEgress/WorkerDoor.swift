internal import RIGLinux
package import RIGLoop
internal import RIGModel
package import RIGSandbox

/// Serves the connections of all workers: one a sidecar.
@RequestLoop
package final class EgressService {
    /// - Returns: false when the audit takes nothing; what cannot be recorded is then not done.
    package typealias Record = @RequestLoop (EgressEvent) -> Bool

    let resolver: NameResolver
    let courier: SecretCourier?
    let limits: EgressLimits
    let record: Record
    private var ids = CallIDSource()

    package init(
        resolver: NameResolver = NameResolver(), courier: SecretCourier?,
        limits: EgressLimits = EgressLimits(), record: @escaping Record
    ) {
        self.resolver = resolver
        self.courier = courier
        self.limits = limits
        self.record = record
    }

    /// Accepts on the listeners of one worker, which stand in the order of `policy.roles`, until
    /// the door is closed.
    package func serve(
        _ sockets: consuming JailSockets, _ policy: EgressPolicy, for pack: EgressPack,
        workerPID: Int32
    ) -> WorkerDoor {
        var listeners: [WorkerDoor.Listener] = []
        for role in policy.roles {
            guard let socket = sockets.take() else { break }
            listeners.append(WorkerDoor.Listener(socket, role))
        }
        let door = WorkerDoor(self, policy, pack, workerPID, listeners)
        door.open()
        return door
    }

    func makeID() -> CallID {
        ids.next(milliseconds: UInt64(WallClock.nowMilliseconds()))
    }
}

/// The way out of one worker: its listeners and everything that came in through them.
@RequestLoop
package final class WorkerDoor {
    final class Listener {
        let socket: Descriptor
        let role: EgressPolicy.Role
        var watch: Watch?

        init(_ socket: consuming Descriptor, _ role: EgressPolicy.Role) {
            self.socket = socket
            self.role = role
        }
    }

    let service: EgressService
    let policy: EgressPolicy
    let pack: EgressPack
    let workerPID: Int32
    let dialer: Dialer
    private var listeners: [Listener]
    private var connections: [ObjectIdentifier: EgressConnection] = [:]
    private var attempts = 0
    private var nextSecond: LoopTimer?

    init(
        _ service: EgressService, _ policy: EgressPolicy, _ pack: EgressPack, _ workerPID: Int32,
        _ listeners: [Listener]
    ) {
        self.service = service
        self.policy = policy
        self.pack = pack
        self.workerPID = workerPID
        self.listeners = listeners
        let pins = NamePins(service.resolver, lifeMilliseconds: service.limits.nameMilliseconds)
        dialer = Dialer(policy: policy, pins: pins, limits: service.limits)
    }

    /// Connections that are open or on their way.
    package var openCount: Int { connections.count }

    /// Takes no more, and ends what is open: the worker has ended. Its namespace lives no longer
    /// than these sockets.
    package func close() {
        stopListening()
        listeners = []
        if let nextSecond { EventLoop.shared.cancel(nextSecond) }
        nextSecond = nil
        for connection in connections.values { connection.stop() }
    }

    func open() {
        for listener in listeners where listener.watch == nil { listen(listener) }
    }

    private func listen(_ listener: Listener) {
        do throws(Errno) {
            listener.watch = try EventLoop.shared.watch(listener.socket.fd, .readable) {
                [weak self] _ in self?.accept(listener)
            }
        } catch {
            // Without the memory to watch it nobody is let in; the worker sees a host that is down.
            listener.watch = nil
        }
    }

    private func stopListening() {
        for listener in listeners {
            if let watch = listener.watch { EventLoop.shared.cancel(watch) }
            listener.watch = nil
        }
    }

    private func accept(_ listener: Listener) {
        do throws(Errno) {
            while listener.watch != nil, let socket = try UnixSocket.accept(listener.socket.fd) {
                admit(socket, listener.role)
            }
        } catch {
            // Out of descriptors: the connection stays in the queue, and the second passes.
            pause()
        }
    }

    private func admit(_ socket: consuming Descriptor, _ role: EgressPolicy.Role) {
        let connection = EgressConnection(socket, self, role)
        attempts += 1
        // Every attempt is a row of the audit, so there is a bound on attempts.
        if attempts >= service.limits.attemptsPerSecond { pause() } else { beginSecond() }
        guard connections.count < service.limits.tunnelsMax else {
            return connection.refuse(.tooManyTunnels)
        }
        connections[ObjectIdentifier(connection)] = connection
        RequestLoop.start {
            await connection.run()
            self.connections[ObjectIdentifier(connection)] = nil
        }
    }

    private func pause() {
        stopListening()
        beginSecond()
    }

    private func beginSecond() {
        guard nextSecond == nil else { return }
        nextSecond = EventLoop.shared.after(nanoseconds: 1_000_000_000) { [weak self] in
            guard let self else { return }
            nextSecond = nil
            attempts = 0
            open()
        }
    }
}
