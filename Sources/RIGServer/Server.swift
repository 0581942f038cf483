internal import RIGBytes
internal import RIGHTTP
package import RIGLinux
package import RIGLoop

/// Listeners and the connections they took. Lives until it was drained.
///
///     let server = Server(handler)
///     try server.listen(TCPSocket.listen(host: "127.0.0.1", port: 8741), isUnix: false)
///     …
///     await server.drain(graceMilliseconds: 10_000)
@RequestLoop
package final class Server {
    package let limits: ServerLimits
    let handler: any HTTPHandler
    package private(set) var isDraining = false
    /// Since the start: requests that were read whole, messages that could not be read, and those
    /// that took too long.
    package internal(set) var requestCount = 0
    package internal(set) var faultCount = 0
    package internal(set) var timeoutCount = 0
    /// Connections that were closed, or not served, for want of room.
    package private(set) var shedCount = 0

    private var listeners: [Listener] = []
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var idleNumber: UInt64 = 0
    private var whenEmpty: OneShot<Void>?
    private let dateBytes = ByteBuffer(capacity: 32)
    private var dateSeconds: Int64 = -1
    private var dateText = ""

    package init(_ handler: any HTTPHandler, _ limits: ServerLimits = ServerLimits()) {
        self.handler = handler
        self.limits = limits
    }

    package var connectionCount: Int { connections.count }

    /// Takes connections from a listening socket.
    package func listen(_ socket: consuming Descriptor, isUnix: Bool) throws(Errno) {
        let listener = Listener(socket, isUnix: isUnix)
        listeners.append(listener)
        try listener.start(self)
    }

    /// Takes no more connections, closes idle ones, lets what has begun end, and cuts what takes
    /// longer than the grace.
    package func drain(graceMilliseconds: Int) async {
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
        for connection in Array(connections.values) { connection.drain() }
        if connections.isEmpty { return }
        let whenEmpty = OneShot<Void>()
        self.whenEmpty = whenEmpty
        let timer = EventLoop.shared.after(
            nanoseconds: UInt64(graceMilliseconds) * 1_000_000
        ) {
            for connection in Array(self.connections.values) { connection.close() }
        }
        await whenEmpty.wait()
        EventLoop.shared.cancel(timer)
    }

    func take(_ descriptor: consuming Descriptor, _ peer: HTTPPeer) {
        if connections.count >= limits.connectionsMax { makeRoom() }
        if connections.count >= limits.connectionsMax {
            // Everybody inside is at work: the newcomer is the one to try again.
            shedCount += 1
            return
        }
        let connection = Connection(descriptor, peer, self)
        do throws(Errno) {
            try connection.start()
        } catch {
            shedCount += 1
            return
        }
        connections[ObjectIdentifier(connection)] = connection
    }

    /// Closes the connection that has been idle for longest.
    private func makeRoom() {
        var oldest: Connection?
        for connection in connections.values where connection.isIdle {
            if oldest.map({ connection.idleSince < $0.idleSince }) ?? true { oldest = connection }
        }
        guard let oldest else { return }
        shedCount += 1
        oldest.close()
    }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty {
            let whenEmpty = self.whenEmpty
            self.whenEmpty = nil
            whenEmpty?.resume(())
        }
    }

    func nextIdleNumber() -> UInt64 {
        idleNumber += 1
        return idleNumber
    }

    /// The Date field's value, made once a second.
    func date() -> String {
        let seconds = WallClock.nowMilliseconds() / 1_000
        if seconds != dateSeconds {
            dateSeconds = seconds
            dateBytes.removeAll()
            HTTPDate.append(secondsSince1970: max(0, seconds), to: dateBytes)
            dateText = dateBytes.string(dateBytes.range)
        }
        return dateText
    }
}
