package import RIGBytes
package import RIGLinux

/// Bytes to be sent: a part of a buffer, which must not change until `send` has returned.
package struct BytePart {
    package let buffer: ByteBuffer
    package let range: ByteRange

    package init(_ buffer: ByteBuffer, _ range: ByteRange) {
        precondition(range.offset >= 0 && range.end <= buffer.count, "the range lies in the buffer")
        self.buffer = buffer
        self.range = range
    }

    package init(_ buffer: ByteBuffer) {
        self.init(buffer, buffer.range)
    }

    /// The part behind its first `bytes`, or an empty one.
    func dropping(_ bytes: Int) -> BytePart {
        let dropped = min(bytes, range.count)
        return BytePart(
            buffer, ByteRange(offset: range.offset + dropped, count: range.count - dropped))
    }

    /// Valid until the buffer is appended to.
    var unsafeBytes: UnsafeRawBufferPointer {
        // SAFETY: the initialiser checked the range; buffers do not shrink while they are sent.
        unsafe UnsafeRawBufferPointer(rebasing: buffer.unsafeBytes[range.offset..<range.end])
    }
}

/// Messages that leave over a descriptor, whole and in their order.
///
/// In: up to three parts, such as a header, a slice of the request and a tail. Out: one writev,
/// without a copy; only what the kernel did not take is copied into a queue and follows when
/// there is room.
///
///     writer.send(BytePart(header), BytePart(request, arguments), BytePart(tail))
///
/// A failure is reported once, in a later tick; the writer is closed then. A writer must be
/// closed: while bytes wait the loop keeps it.
@RequestLoop
package final class ByteWriter {
    package enum Sent: Equatable, Sendable {
        /// The kernel has all of it.
        case written
        /// The kernel or the queue has all of it.
        case queued
        /// Nothing of it was taken: the queue would exceed `queueBytesMax`.
        case refused
        /// Nothing of it will arrive: the writer is closed, or failed just now.
        case closed
    }

    package let queueBytesMax: Int
    /// Called with the failure, once. Set it before the first `send`.
    package var onFailure: (@RequestLoop (Errno) -> Void)?
    /// Called whenever the queue has run empty.
    package var onDrained: (@RequestLoop () -> Void)?

    /// A larger queue is given back when it runs empty.
    private static let idleBytesMax = 256 << 10

    private var descriptor: Descriptor?
    private let fd: CInt
    private var watch: Watch?
    private let queue = ByteBuffer(capacity: 0)
    /// Bytes at the front of `queue` that the kernel has.
    private var queueSent = 0
    private var isClosingWhenSent = false

    /// Takes over a pipe's end or a file. For a socket that a `ByteReader` owns, pass a
    /// `duplicate()`: the kernel reports on each number separately.
    /// - Parameter queueBytesMax: A message that meets an empty queue is taken whatever its size.
    package init(
        _ descriptor: consuming Descriptor, queueBytesMax: Int = 8 << 20
    ) throws(Errno) {
        try descriptor.setNonBlocking()
        fd = descriptor.fd
        self.descriptor = consume descriptor
        self.queueBytesMax = queueBytesMax
    }

    package var isClosed: Bool { descriptor == nil }
    package var queuedBytes: Int { queue.count - queueSent }
    /// Memory that the queue holds, empty or not.
    var queueCapacityBytes: Int { queue.capacity }

    /// Sends one message, all of it or nothing.
    @discardableResult
    package func send(_ only: BytePart) -> Sent {
        let nothing = BytePart(only.buffer, ByteRange(offset: 0, count: 0))
        return send(only, nothing, nothing)
    }

    @discardableResult
    package func send(_ first: BytePart, _ second: BytePart) -> Sent {
        send(first, second, BytePart(first.buffer, ByteRange(offset: 0, count: 0)))
    }

    @discardableResult
    package func send(_ first: BytePart, _ second: BytePart, _ third: BytePart) -> Sent {
        if isClosed || isClosingWhenSent { return .closed }
        let total = first.range.count + second.range.count + third.range.count
        var sent = 0
        if queuedBytes > 0 {
            if queuedBytes + total > queueBytesMax { return .refused }
        } else {
            if total == 0 { return .written }
            do {
                // SAFETY: the kernel reads the parts before anything can change them.
                let transfer = try unsafe Transmit.write(
                    fd, first.unsafeBytes, second.unsafeBytes, third.unsafeBytes)
                if case .bytes(let count) = transfer { sent = count }
            } catch {
                fail(error)
                return .closed
            }
            if sent == total { return .written }
        }
        enqueue(first, skipping: &sent)
        enqueue(second, skipping: &sent)
        enqueue(third, skipping: &sent)
        return awaitRoom() ? .queued : .closed
    }

    /// Refuses further messages, and closes as soon as the queue is empty.
    package func closeWhenSent() {
        if queuedBytes == 0 { return close() }
        isClosingWhenSent = true
    }

    /// Closes at once and drops what is queued; nothing is reported any more.
    package func close() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
        onFailure = nil
        onDrained = nil
        queue.removeAll()
        queueSent = 0
        descriptor = nil
    }

    private func enqueue(_ part: BytePart, skipping sent: inout Int) {
        let rest = part.dropping(sent)
        sent -= part.range.count - rest.range.count
        if rest.range.isEmpty { return }
        // Moving what is left costs no more than sending it did.
        if queueSent > 0 && queueSent * 2 >= queue.count {
            queue.removeFirst(queueSent)
            queueSent = 0
        }
        queue.append(rest.buffer, rest.range)
    }

    private func awaitRoom() -> Bool {
        if let watch {
            EventLoop.shared.rearm(watch, .writable)
            return true
        }
        do {
            watch = try EventLoop.shared.watch(fd, .writable) { self.flush($0) }
            return true
        } catch {
            fail(error)
            return false
        }
    }

    private func flush(_ readiness: Readiness) {
        if queuedBytes == 0 {
            // Nothing was asked for, so the kernel reports that the reader has gone.
            return fail(.brokenPipe)
        }
        do {
            let rest = ByteRange(offset: queueSent, count: queuedBytes)
            // SAFETY: the kernel reads the bytes before the queue can change.
            let transfer = try unsafe Transmit.write(fd, BytePart(queue, rest).unsafeBytes)
            if case .bytes(let count) = transfer { queueSent += count }
        } catch {
            return fail(error)
        }
        if queuedBytes > 0 { return }
        queue.removeAll()
        queueSent = 0
        if queue.capacity > Self.idleBytesMax { queue.shrinkIfEmpty(to: 0) }
        if isClosingWhenSent { return close() }
        if let watch { EventLoop.shared.rearm(watch, []) }
        onDrained?()
    }

    /// In a later tick, since the caller of `send` is not ready to be called back.
    private func fail(_ error: Errno) {
        let report = onFailure
        close()
        guard let report else { return }
        _ = EventLoop.shared.after(nanoseconds: 0) { report(error) }
    }
}
