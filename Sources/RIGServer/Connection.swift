internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// One client's connection, from its acceptance to its end: reads requests one by one, hands each
/// to the handler, sends the answer, goes on.
@RequestLoop
final class Connection {
    private enum State: Equatable {
        /// Between requests.
        case idle
        /// Some of a head has arrived.
        case head
        case body
        /// The handler has it.
        case handling
        /// The client has too many answers to take before it is given another.
        case flushing
        /// The last answer is on its way; then sending ends.
        case finishing
        /// What the client still sends is dropped, so that it reads the answer and not a reset.
        case lingering
        case closed
    }

    let peer: HTTPPeer
    /// For the body of an answer.
    let body = ByteBuffer(capacity: 512)
    weak var stream: HTTPStream?
    /// When it became idle, in the order of the server.
    var idleSince: UInt64 = 0

    private let socket: SocketStream
    private let server: Server
    private var reader: RequestReader
    private let headBytes = ByteBuffer(capacity: 512)
    private var state = State.idle
    private var exchange: HTTPExchange?
    private var deadline: Deadline
    private var bodyBytesSeen = 0
    private var bodyDeadline: UInt64 = 0
    private var isStreaming = false
    private var isStreamChunked = false
    /// Whether another request may follow the one in hand.
    private var keepsAlive = true
    private var hasPeerEnded = false
    private var isAdvancing = false

    init(_ descriptor: consuming Descriptor, _ peer: HTTPPeer, _ server: Server) {
        self.peer = peer
        self.server = server
        reader = RequestReader(server.limits.http)
        socket = SocketStream(descriptor)
        deadline = Deadline()
    }

    var input: ByteBuffer { socket.input }
    var isIdle: Bool { state == .idle }
    var isFull: Bool { socket.queuedBytes > server.limits.streamQueueBytesMax }

    func start() throws(Errno) {
        socket.onBytes = { [unowned self] in received() }
        socket.onEnd = { [unowned self] in ended($0) }
        socket.onProgress = { [unowned self] in awaitWrite() }
        socket.onDrained = { [unowned self] in drained() }
        deadline.onTimeout = { [unowned self] in timedOut() }
        try socket.start()
        // A client that connects has something to say.
        deadline.set(milliseconds: server.limits.headMilliseconds)
    }

    // MARK: Reading

    private func received() {
        switch state {
        case .idle, .head, .body: advance()
        case .handling, .flushing:
            let behind = input.count - reader.end
            if behind > server.limits.pipelinedBytesMax { socket.setReading(false) }
        case .finishing, .lingering: input.removeAll()
        case .closed: break
        }
    }

    /// Reads on until a request is whole or more has to arrive.
    private func advance() {
        // A request that is answered by its head comes back here from below.
        if isAdvancing { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while state == .idle || state == .head || state == .body {
            let progress: RequestReader.Progress
            do throws(HTTPFault) {
                progress = try reader.read(input)
            } catch {
                return refuse(error)
            }
            switch progress {
            case .needsMore: return awaitMore()
            case .head: beginExchange()
            case .complete: handle()
            }
        }
    }

    private func awaitMore() {
        if reader.isIdle(input.count) {
            if state != .idle { becomeIdle() }
            return
        }
        guard state == .body else {
            if server.isDraining { return finish() }
            if state == .idle {
                state = .head
                deadline.set(milliseconds: server.limits.headMilliseconds)
            }
            return
        }
        input.reserve(min(reader.missingBytes(input.count), 1 << 20))
        if input.count > bodyBytesSeen {
            bodyBytesSeen = input.count
            deadline.set(milliseconds: server.limits.bodyPauseMilliseconds, atMost: bodyDeadline)
        }
    }

    private func beginExchange() {
        let exchange = HTTPExchange(self, reader.head)
        self.exchange = exchange
        keepsAlive = reader.head.keepsAlive && !server.isDraining
        body.removeAll()
        // Refused by its head: where the next request begins is known only without a body.
        state = .handling
        if reader.head.body != .fixed(0) { keepsAlive = false }
        server.handler.admit(exchange)
        if state != .handling { return }
        if exchange.hasResponded { return finishExchange() }
        keepsAlive = reader.head.keepsAlive && !server.isDraining
        do throws(HTTPFault) {
            try reader.limitBody(to: exchange.bodyBytesMax)
        } catch {
            return refuse(error)
        }
        state = .body
        bodyBytesSeen = input.count
        awaitBody()
    }

    private func awaitBody() {
        guard reader.head.body != .fixed(0) else { return }
        let bytes: Int
        if case .fixed(let count) = reader.head.body {
            bytes = count
        } else {
            bytes = server.limits.http.bodyBytesMax
        }
        let whole = bytes / server.limits.bodyBytesPerSecondMin * 1_000
        bodyDeadline =
            MonotonicClock.nowNanoseconds()
            + UInt64(whole + server.limits.bodyPauseMilliseconds) * 1_000_000
        deadline.set(milliseconds: server.limits.bodyPauseMilliseconds, atMost: bodyDeadline)
        if reader.head.expectsContinue, input.count == reader.body.offset {
            headBytes.removeAll()
            HeadWriter(response: 100, to: headBytes).end()
            socket.send(BytePart(headBytes))
        }
    }

    private func handle() {
        guard let exchange else { preconditionFailure("a whole request has its exchange") }
        state = .handling
        deadline.clear()
        exchange.body = reader.body
        body.removeAll()
        let handler = server.handler
        server.requestCount += 1
        RequestLoop.start { [self] in
            await handler.handle(exchange)
            handled(exchange)
        }
    }

    // MARK: Answering

    func respond(
        _ exchange: HTTPExchange, _ status: Int, _ contentType: StaticString?, _ part: BytePart,
        _ fields: (HeadWriter) -> Void
    ) {
        guard state == .handling, exchange === self.exchange else { return }
        let head = beginHead(status, contentType, fields)
        if status == 204 || status == 304 {
            head.end()
        } else {
            head.end(contentBytes: part.range.count)
        }
        let hasNoBody = exchange.head.method == .head || status == 204 || status == 304
        socket.send(BytePart(headBytes), hasNoBody ? nil : part)
        if socket.queuedBytes > 0 { awaitWrite() }
    }

    private func beginHead(
        _ status: Int, _ contentType: StaticString?, _ fields: (HeadWriter) -> Void
    ) -> HeadWriter {
        headBytes.removeAll()
        let head = HeadWriter(response: status, to: headBytes)
        head.field("Date", server.date())
        if let contentType { head.field("Content-Type", contentType) }
        fields(head)
        if server.isDraining { keepsAlive = false }
        if !keepsAlive {
            head.field("Connection", "close" as StaticString)
        } else if reader.head.minorVersion == 0 {
            head.field("Connection", "keep-alive" as StaticString)
        }
        return head
    }

    /// nil when the client is gone.
    func beginStream(
        _ exchange: HTTPExchange, _ status: Int, _ contentType: StaticString,
        _ fields: (HeadWriter) -> Void
    ) -> Connection? {
        guard state == .handling, exchange === self.exchange else { return nil }
        isStreamChunked = reader.head.minorVersion > 0
        if !isStreamChunked { keepsAlive = false }
        let head = beginHead(status, contentType, fields)
        if isStreamChunked { head.endChunked() } else { head.end() }
        socket.send(BytePart(headBytes))
        isStreaming = true
        if exchange.head.method == .head {
            // There is a head and no body, whatever is sent.
            isStreaming = false
            return nil
        }
        return self
    }

    func sendChunk(_ part: BytePart) {
        guard isStreaming else { return }
        if isStreamChunked {
            headBytes.removeAll()
            ChunkWriter.append(part.buffer, part.range, to: headBytes)
            socket.send(BytePart(headBytes))
        } else {
            socket.send(part)
        }
        if socket.queuedBytes > 0, !deadline.isSet { awaitWrite() }
    }

    func finishStream() {
        guard isStreaming else { return }
        isStreaming = false
        stream = nil
        if isStreamChunked {
            headBytes.removeAll()
            ChunkWriter.appendEnd(to: headBytes)
            socket.send(BytePart(headBytes))
        }
        if handledStream { finishExchange() }
    }

    /// The handler has returned while its stream goes on.
    private var handledStream = false

    private func handled(_ exchange: HTTPExchange) {
        guard state == .handling, exchange === self.exchange else { return }
        if !exchange.hasResponded {
            // A bug of the handler; the client must not wait for it.
            keepsAlive = false
            exchange.respond(500, nil)
        }
        if isStreaming {
            handledStream = true
            return
        }
        finishExchange()
    }

    private func finishExchange() {
        guard state == .handling else { return }
        handledStream = false
        exchange = nil
        if body.capacity > 1 << 20 {
            body.removeAll()
            body.shrinkIfEmpty(to: 512)
        }
        if !keepsAlive || hasPeerEnded { return finish() }
        if isFull {
            state = .flushing
            return awaitWrite()
        }
        nextRequest()
    }

    private func nextRequest() {
        let end = reader.end
        if end == input.count { input.removeAll() } else { input.removeFirst(end) }
        reader.next(at: 0)
        socket.shrinkIdleInput()
        socket.setReading(true)
        if input.isEmpty {
            becomeIdle()
        } else {
            state = .head
            deadline.set(milliseconds: server.limits.headMilliseconds)
            advance()
        }
    }

    private func becomeIdle() {
        if server.isDraining { return finish() }
        state = .idle
        idleSince = server.nextIdleNumber()
        if socket.queuedBytes == 0 {
            deadline.set(milliseconds: server.limits.idleMilliseconds)
        }
    }

    /// A message that cannot be read: its sender is told, and nothing more is read of it.
    private func refuse(_ fault: HTTPFault) {
        server.faultCount += 1
        reply(fault.status, fault.text)
    }

    /// An answer of the server's own, after which the connection ends.
    private func reply(_ status: Int, _ text: StaticString) {
        keepsAlive = false
        body.removeAll()
        // In the form of RTP errors, though nobody knows what was asked.
        var writer = JSONWriter(body)
        writer.beginObject()
        writer.key("ok")
        writer.bool(false)
        writer.key("error")
        RTPError.invalidRequest("\(text)").write(to: &writer)
        writer.endObject()
        let head = beginHead(status, "application/json") { _ in }
        head.end(contentBytes: body.count)
        socket.send(BytePart(headBytes), BytePart(body))
        finish()
    }

    // MARK: Ending

    /// Ends once everything was sent.
    private func finish() {
        state = .finishing
        input.removeAll()
        if socket.queuedBytes > 0 { return awaitWrite() }
        linger()
    }

    private func linger() {
        if hasPeerEnded { return close() }
        state = .lingering
        socket.finishSending()
        socket.setReading(true)
        deadline.set(milliseconds: server.limits.lingerMilliseconds)
    }

    /// The server ends: what is idle closes, what works is answered first. Half a head is no work
    /// yet, and anybody can send one.
    func drain() {
        if state == .idle || state == .head {
            // The last answer may still be on its way.
            return socket.queuedBytes > 0 ? finish() : close()
        }
        let report = exchange?.onDrain
        exchange?.onDrain = nil
        report?()
    }

    func close() {
        if state == .closed { return }
        state = .closed
        deadline.end()
        socket.close()
        let (exchange, stream) = (self.exchange, self.stream)
        self.exchange = nil
        self.stream = nil
        isStreaming = false
        server.remove(self)
        exchange?.close()
        stream?.cut()
    }

    private func ended(_ end: SocketStream.End) {
        hasPeerEnded = true
        // Who half-closes after a request may still read, but nobody can tell it from who has left.
        if case .ended = end, state == .handling {
            if isStreaming { return close() }
            exchange?.close()
            return
        }
        if case .ended = end, state == .finishing { return }
        close()
    }

    private func awaitWrite() {
        deadline.set(milliseconds: server.limits.writePauseMilliseconds)
    }

    private func drained() {
        switch state {
        case .finishing: linger()
        case .flushing: nextRequest()
        case .idle: deadline.set(milliseconds: server.limits.idleMilliseconds)
        case .handling:
            deadline.clear()
            stream?.wake()
        case .head, .body, .lingering, .closed: break
        }
    }

    private func timedOut() {
        switch state {
        case .head, .body:
            server.timeoutCount += 1
            reply(408, "the request took too long to arrive")
        case .idle, .handling, .flushing, .finishing, .lingering, .closed: close()
        }
    }
}
