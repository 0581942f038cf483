internal import RIGBytes
internal import RIGLinux
internal import RIGLoop

/// Bytes both ways between a worker and a host, until both have said all they want.
///
/// In each direction one buffer: nothing is read while the other side has not taken what was read
/// before, so a slow peer slows the other and memory stays bounded. The end of one direction is
/// passed on alone (half-close); the relay ends when both have ended, or with a reason.
@RequestLoop
final class Relay {
    private static let roomBytes = 64 << 10
    /// What one direction may move in a tick, so that one tunnel does not starve the loop.
    private static let burstBytes = 256 << 10

    /// One direction.
    private struct Flow {
        let buffer = ByteBuffer(capacity: 0)
        var movedBytes = 0
        /// Nothing more is read: the source ended, or has said what it may.
        var isReadingOver = false
        /// The end was passed on.
        var isOver = false
        /// What the source may still say; nil without a limit.
        var leftBytes: Int?
    }

    private enum Side { case worker, host }

    private let worker: Descriptor
    private let host: Descriptor
    private var outgoing = Flow()
    private var incoming = Flow()
    private var watches: [Side: (watch: Watch, interest: Readiness)] = [:]
    private let limits: EgressLimits
    private var lifetime: LoopTimer?
    private var idleLook: LoopTimer?
    private var movedBytesAtLook = 0
    private var onEnd: ((EgressReason?) -> Void)?
    /// Finds placeholders in what leaves unencrypted.
    private var marker = PlaceholderMarker()

    /// From the worker, and to it.
    var sentBytes: Int { outgoing.movedBytes }
    var receivedBytes: Int { incoming.movedBytes }
    var showsPlaceholder: Bool { marker.isFound }

    /// - Parameters:
    ///   - first: Goes to the host before what the worker sends from now on.
    ///   - answer: Goes to the worker before what the host sends.
    ///   - requestBytes: How many bytes of the worker are forwarded, `first` not counted; nil for
    ///     all.
    init(
        worker: consuming Descriptor, host: consuming Descriptor, _ limits: EgressLimits,
        first: [UInt8] = [], answer: StaticString? = nil, requestBytes: Int? = nil
    ) {
        self.worker = worker
        self.host = host
        self.limits = limits
        outgoing.leftBytes = requestBytes
        outgoing.buffer.append(contentsOf: first)
        if let answer { incoming.buffer.append(answer) }
        if requestBytes == 0 { outgoing.isReadingOver = true }
    }

    /// Begins. `onEnd` is called once, in a later tick, unless `stop` comes before.
    func start(onEnd: @escaping (EgressReason?) -> Void) {
        self.onEnd = onEnd
        if outgoing.buffer.count > 0 { marker.look(outgoing.buffer, outgoing.buffer.range) }
        lifetime = EventLoop.shared.after(
            nanoseconds: UInt64(limits.tunnelMilliseconds) * 1_000_000
        ) { self.finish(.lifetimeExceeded) }
        watchForIdleness()
        _ = EventLoop.shared.after(nanoseconds: 0) { self.move() }
    }

    /// Ends it now, without a word to `onEnd`.
    func stop() {
        onEnd = nil
        finish(nil)
    }

    private func move() {
        guard onEnd != nil else { return }
        do throws(Errno) {
            try advance(&outgoing, from: worker.fd, to: host.fd, isOutgoing: true)
            try advance(&incoming, from: host.fd, to: worker.fd, isOutgoing: false)
        } catch {
            return finish(.peerReset)
        }
        if sentBytes + receivedBytes > limits.tunnelBytesMax { return finish(.bytesExceeded) }
        if outgoing.isOver && incoming.isOver { return finish(nil) }
        // A host that has ended its answer needs no more of a request that was cut to its length.
        if incoming.isOver && outgoing.leftBytes != nil { return finish(nil) }
        do throws(Errno) {
            try listen(.worker, worker.fd, reads: outgoing, writes: incoming)
            try listen(.host, host.fd, reads: incoming, writes: outgoing)
        } catch {
            finish(.peerReset)
        }
    }

    private func advance(
        _ flow: inout Flow, from source: CInt, to target: CInt, isOutgoing: Bool
    ) throws(Errno) {
        var burst = 0
        while !flow.isOver, burst < Self.burstBytes {
            if flow.buffer.count > 0 {
                guard case .bytes(let count) = try flow.buffer.drain(to: target) else { return }
                flow.movedBytes += count
                burst += count
                continue
            }
            if flow.isReadingOver {
                flow.isOver = true
                if flow.leftBytes == nil { Self.finishSending(target) }
                return
            }
            guard try read(&flow, source, isOutgoing: isOutgoing) else { return }
        }
    }

    /// - Returns: false when there is nothing to read now.
    private func read(
        _ flow: inout Flow, _ source: CInt, isOutgoing: Bool
    ) throws(Errno) -> Bool {
        let room = min(Self.roomBytes, flow.leftBytes ?? .max)
        switch try flow.buffer.fill(from: source, bytesMax: room) {
        case .wouldBlock:
            // Between two bursts a tunnel holds no memory.
            flow.buffer.shrinkIfEmpty(to: 0)
            return false
        case .end:
            flow.isReadingOver = true
        case .bytes(let count):
            if isOutgoing { marker.look(flow.buffer, flow.buffer.range) }
            if let left = flow.leftBytes {
                flow.leftBytes = left - count
                flow.isReadingOver = left == count
            }
        }
        return true
    }

    /// Waits for exactly what would let a flow go on. Without anything to wait for there must be no
    /// watch: the kernel would report a hang-up in every tick.
    private func listen(
        _ side: Side, _ fd: CInt, reads: Flow, writes: Flow
    ) throws(Errno) {
        var interest: Readiness = []
        if !reads.isReadingOver && reads.buffer.isEmpty { interest.insert(.readable) }
        if !writes.buffer.isEmpty { interest.insert(.writable) }
        let current = watches[side]
        if interest.isEmpty {
            if let current { EventLoop.shared.cancel(current.watch) }
            watches[side] = nil
        } else if let current {
            guard current.interest != interest else { return }
            EventLoop.shared.rearm(current.watch, interest)
            watches[side] = (current.watch, interest)
        } else {
            let watch = try EventLoop.shared.watch(fd, interest) { _ in self.move() }
            watches[side] = (watch, interest)
        }
    }

    private func watchForIdleness() {
        idleLook = EventLoop.shared.after(
            nanoseconds: UInt64(limits.idleMilliseconds) * 1_000_000
        ) {
            let moved = self.sentBytes + self.receivedBytes
            if moved == self.movedBytesAtLook { return self.finish(.idle) }
            self.movedBytesAtLook = moved
            self.watchForIdleness()
        }
    }

    private func finish(_ reason: EgressReason?) {
        for (_, entry) in watches { EventLoop.shared.cancel(entry.watch) }
        watches = [:]
        if let lifetime { EventLoop.shared.cancel(lifetime) }
        if let idleLook { EventLoop.shared.cancel(idleLook) }
        (lifetime, idleLook) = (nil, nil)
        for fd in [worker.fd, host.fd] { Self.shutDown(fd) }
        let report = onEnd
        onEnd = nil
        report?(reason)
    }

    private static func finishSending(_ fd: CInt) {
        do throws(Errno) {
            try UnixSocket.finishSending(fd)
        } catch {
            // A peer that has gone altogether needs no word.
            return
        }
    }

    /// The peers must not wait for whoever still holds this object.
    private static func shutDown(_ fd: CInt) {
        do throws(Errno) {
            try TCPSocket.shutDown(fd)
        } catch {
            // It has gone already.
            return
        }
    }
}
