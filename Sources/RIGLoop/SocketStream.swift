package import RIGBytes
package import RIGLinux

/// Both directions of one connected socket, on one watch and one descriptor.
///
/// In: every tick in which the socket is readable is one read into `input`, then `onBytes`. Out:
/// `send` writes at once what the kernel takes, and the rest as there is room. How much may wait is
/// for the owner to decide, by `queuedBytes` and `onDrained`.
///
/// The end is reported once; sending may go on after `.ended`, since a peer may close one direction
/// only. Must be closed.
@RequestLoop
package final class SocketStream {
    package enum End: Equatable, Sendable {
        /// The peer sends no more.
        case ended
        case failed(Errno)
    }

    private static let readBytesMin = 4 << 10
    /// Larger buffers are given back when they run empty.
    private static let idleBytesMax = 256 << 10

    /// What was received and not yet dropped by the owner.
    package let input: ByteBuffer
    package var onBytes: (@RequestLoop () -> Void)?
    package var onEnd: (@RequestLoop (End) -> Void)?
    /// The queue has run empty.
    package var onDrained: (@RequestLoop () -> Void)?
    /// The kernel took bytes that had waited.
    package var onProgress: (@RequestLoop () -> Void)?

    private var descriptor: Descriptor?
    private let fd: CInt
    private var watch: Watch?
    private var interest: Readiness = [.readable]
    private var hasEnded = false
    private let queue = ByteBuffer(capacity: 0)
    private var queueSent = 0

    /// Takes over a connected, non-blocking socket.
    package init(_ descriptor: consuming Descriptor) {
        fd = descriptor.fd
        self.descriptor = consume descriptor
        input = ByteBuffer(capacity: Self.readBytesMin)
    }

    /// Begins to read. Once, with the handlers set.
    package func start() throws(Errno) {
        precondition(watch == nil && !isClosed, "a stream is started once")
        watch = try EventLoop.shared.watch(fd, interest) { self.handle($0) }
    }

    package var isClosed: Bool { descriptor == nil }
    package var queuedBytes: Int { queue.count - queueSent }

    /// Whether arriving bytes are read; they wait in the kernel otherwise, and slow the peer.
    package func setReading(_ isReading: Bool) {
        if hasEnded { return }
        wait(isReading ? interest.union(.readable) : interest.subtracting(.readable))
    }

    /// Gives memory back that a large message took, once `input` is empty.
    package func shrinkIdleInput() {
        if input.isEmpty && input.capacity > Self.idleBytesMax {
            input.shrinkIfEmpty(to: Self.readBytesMin)
        }
    }

    /// Sends the parts in their order; those of an error are dropped, and the error is reported by
    /// `onEnd` in a later tick.
    package func send(_ first: BytePart, _ second: BytePart? = nil) {
        if isClosed { return }
        let nothing = BytePart(first.buffer, ByteRange(offset: 0, count: 0))
        let second = second ?? nothing
        let total = first.range.count + second.range.count
        if total == 0 { return }
        var sent = 0
        if queuedBytes == 0 {
            do {
                // SAFETY: the kernel reads the parts before anything can change them.
                let transfer = try unsafe Transmit.write(
                    fd, first.unsafeBytes, second.unsafeBytes, nothing.unsafeBytes)
                if case .bytes(let count) = transfer { sent = count }
            } catch {
                return failSoon(error)
            }
            if sent == total { return }
        }
        let rest = first.dropping(sent)
        queue.append(rest.buffer, rest.range)
        let tail = second.dropping(max(0, sent - first.range.count))
        queue.append(tail.buffer, tail.range)
        wait(interest.union(.writable))
    }

    /// Ends sending once nothing waits any more: the peer reads an end.
    package func finishSending() {
        if isClosed { return }
        do {
            try UnixSocket.finishSending(fd)
        } catch {
            failSoon(error)
        }
    }

    /// Closes at once; nothing is reported any more.
    package func close() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
        onBytes = nil
        onEnd = nil
        onDrained = nil
        onProgress = nil
        queue.removeAll()
        queueSent = 0
        descriptor = nil
    }

    private func wait(_ wanted: Readiness) {
        if wanted == interest { return }
        interest = wanted
        if let watch { EventLoop.shared.rearm(watch, wanted) }
    }

    private func handle(_ readiness: Readiness) {
        if interest.contains(.readable) {
            // Also when it failed: the read says how.
            read()
        } else if readiness.contains(.hungUp) || readiness.contains(.failed) {
            return end(.failed(.brokenPipe))
        }
        if !isClosed, readiness.contains(.writable), queuedBytes > 0 { flush() }
    }

    private func read() {
        let transfer: Transfer
        do {
            // SAFETY: the room is used before anything else is done with the buffer.
            transfer = try unsafe Transmit.read(
                fd, into: input.unsafeRoom(atLeast: Self.readBytesMin))
        } catch {
            return end(.failed(error))
        }
        switch transfer {
        case .wouldBlock: break
        case .end: end(.ended)
        case .bytes(let count):
            input.commit(count)
            onBytes?()
        }
    }

    private func flush() {
        do {
            let rest = ByteRange(offset: queueSent, count: queuedBytes)
            // SAFETY: the kernel reads the bytes before the queue can change.
            let transfer = try unsafe Transmit.write(fd, BytePart(queue, rest).unsafeBytes)
            if case .bytes(let count) = transfer { queueSent += count }
        } catch {
            return end(.failed(error))
        }
        if queuedBytes > 0 {
            onProgress?()
            return
        }
        queue.removeAll()
        queueSent = 0
        if queue.capacity > Self.idleBytesMax { queue.shrinkIfEmpty(to: 0) }
        wait(interest.subtracting(.writable))
        onDrained?()
    }

    /// An end that the kernel would report again in every tick is not waited for any more.
    private func end(_ end: End) {
        if case .failed = end {
            if let watch { EventLoop.shared.cancel(watch) }
            watch = nil
        } else {
            wait(interest.subtracting(.readable))
        }
        if hasEnded, end == .ended { return }
        hasEnded = true
        onEnd?(end)
    }

    /// In a later tick, since the caller of `send` is not ready to be called back.
    private func failSoon(_ error: Errno) {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
        queue.removeAll()
        queueSent = 0
        _ = EventLoop.shared.after(nanoseconds: 0) {
            if !self.isClosed { self.end(.failed(error)) }
        }
    }
}
