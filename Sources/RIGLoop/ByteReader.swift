package import RIGBytes
package import RIGLinux

/// Bytes that arrive over a descriptor, gathered until their owner understands them.
///
/// In: every tick in which the descriptor is readable is one read into `input`. Out: `onBytes`,
/// whose owner takes from the front what it understands; the rest waits for more. While `input`
/// holds `inputBytesMax` or more nothing is read, so that a slow owner slows its peer.
///
///     let reader = try ByteReader(descriptor)
///     try reader.start(
///         onBytes: { reader in
///             while let frame = nextFrame(reader.input) { … reader.take(frame.count) }
///         },
///         onEnd: { end in … })
///
/// The end is reported once, then the handlers, and cycles through them, are dropped. A reader
/// that was started lives until its end or `close`.
@RequestLoop
package final class ByteReader {
    package enum End: Equatable, Sendable {
        /// The peer sends no more; `input` may still hold what was not taken.
        case ended
        case failed(Errno)
    }

    /// What a read asks for at least.
    private static let readBytesMin = 16 << 10
    /// A larger `input` is given back when it runs empty: one large message in the life of a peer
    /// must not cost its memory for as long as the peer lives.
    private static let idleBytesMax = 256 << 10

    /// What was received and not taken yet; may exceed `inputBytesMax` by one read.
    package let input: ByteBuffer
    package let inputBytesMax: Int

    private var descriptor: Descriptor?
    private let fd: CInt
    private var watch: Watch?
    /// A regular file: epoll cannot watch it, and it is always ready.
    private var isAlwaysReady = false
    private var isPaused = false
    private var onBytes: (@RequestLoop (ByteReader) -> Void)?
    private var onEnd: (@RequestLoop (End) -> Void)?

    /// Takes over a pipe's end, a socket, or a file; a terminal would be made non-blocking for
    /// everybody else too.
    package init(
        _ descriptor: consuming Descriptor, inputBytesMax: Int = 8 << 20
    ) throws(Errno) {
        precondition(inputBytesMax > 0, "a reader reads")
        try descriptor.setNonBlocking()
        fd = descriptor.fd
        self.descriptor = consume descriptor
        input = ByteBuffer(capacity: Self.readBytesMin)
        self.inputBytesMax = inputBytesMax
    }

    /// Begins to read. Once.
    package func start(
        onBytes: @escaping @RequestLoop (ByteReader) -> Void,
        onEnd: @escaping @RequestLoop (End) -> Void
    ) throws(Errno) {
        precondition(self.onEnd == nil && !isClosed, "a reader is started once")
        self.onBytes = onBytes
        self.onEnd = onEnd
        do {
            try listen()
        } catch {
            self.onBytes = nil
            self.onEnd = nil
            throw error
        }
    }

    package var isClosed: Bool { descriptor == nil }

    /// Drops the first `bytes` of `input`, and reads on if it was full.
    package func take(_ bytes: Int) {
        input.removeFirst(bytes)
        if input.isEmpty && input.capacity > Self.idleBytesMax {
            input.shrinkIfEmpty(to: Self.readBytesMin)
        }
        resumeIfWanted()
    }

    /// Reads what has arrived, without waiting for the loop to say so, and reports it as always:
    /// for the last words of a peer that has gone. Ends with what is there, or after `bytesMax`.
    package func readRest(bytesMax: Int) {
        var left = bytesMax
        while left > 0, wantsBytes {
            let count = read()
            guard count > 0 else { return }
            left -= count
        }
    }

    /// Stops reading until `resume`; the end is not noticed meanwhile.
    package func pause() {
        isPaused = true
        stopListening()
    }

    package func resume() {
        isPaused = false
        resumeIfWanted()
    }

    /// Closes the descriptor; nothing is reported any more.
    package func close() {
        stopListening()
        onBytes = nil
        onEnd = nil
        descriptor = nil
    }

    private var wantsBytes: Bool {
        !isClosed && onEnd != nil && !isPaused && input.count < inputBytesMax
    }

    private func resumeIfWanted() {
        if !wantsBytes || watch != nil || isAlwaysReady { return }
        do {
            try listen()
        } catch {
            finish(.failed(error))
        }
    }

    private func listen() throws(Errno) {
        do {
            watch = try EventLoop.shared.watch(fd, .readable) { _ in _ = self.read() }
        } catch .permission {
            isAlwaysReady = true
            readSoon()
        }
    }

    /// With an empty interest the kernel would go on to report a hang-up, in every tick.
    private func stopListening() {
        if let watch { EventLoop.shared.cancel(watch) }
        watch = nil
        isAlwaysReady = false
    }

    private func readSoon() {
        _ = EventLoop.shared.after(nanoseconds: 0) {
            if !self.isAlwaysReady { return }
            _ = self.read()
            if self.isAlwaysReady { self.readSoon() }
        }
    }

    /// - Returns: How many bytes came, if any.
    private func read() -> Int {
        let transfer: Transfer
        do {
            // SAFETY: the room is used before anything else is done with the buffer.
            transfer = try unsafe Transmit.read(
                fd, into: input.unsafeRoom(atLeast: Self.readBytesMin))
        } catch {
            finish(.failed(error))
            return 0
        }
        switch transfer {
        case .wouldBlock:
            return 0
        case .end:
            finish(.ended)
            return 0
        case .bytes(let count):
            input.commit(count)
            onBytes?(self)
            if !wantsBytes { stopListening() }
            return count
        }
    }

    /// Reports the end. The descriptor stays open until `close`, which the owner decides.
    private func finish(_ end: End) {
        stopListening()
        let report = onEnd
        onBytes = nil
        onEnd = nil
        report?(end)
    }
}
