internal import RIGBytes
internal import RIGHTTP
internal import RIGLoop
internal import RIGServer

/// `POST /mcp` carries one message and its answer; `GET /mcp` what no request asked for, and what a
/// broken connection did not bring.
extension MCPFront {
    func post(_ exchange: HTTPExchange, _ principal: Principal) async {
        guard HTTPText.isJSON(exchange) else {
            return HTTPRefusal.send(exchange, 415, "the Content-Type is not application/json")
        }
        guard HTTPText.accepts(exchange, ["application/json", "text/event-stream"]) else {
            return HTTPRefusal.send(
                exchange, 406, "accept application/json and text/event-stream")
        }
        let bytesMax = bridge.options.messageBytesMax
        guard exchange.body.count <= bytesMax else {
            return HTTPRefusal.send(exchange, 413, "a message has at most \(bytesMax) bytes")
        }
        // A call may outlive its connection, so its arguments do.
        let message = ByteBuffer(capacity: exchange.body.count)
        message.append(exchange.input, exchange.body)
        let headers = HTTPText.headers(exchange)
        if headers.isModern || isSelfContained(headers) {
            return await single(exchange, message, headers, principal)
        }
        let session: HTTPSession
        if HTTPText.field(exchange, "mcp-session-id") == nil {
            guard sessions.makeRoom(for: principal) else {
                return HTTPRefusal.send(exchange, 503, "too many sessions are in use") {
                    $0.field("Retry-After", "5" as StaticString)
                }
            }
            session = HTTPSession(bridge, principal)
        } else if let known = self.session(exchange, principal) {
            session = known
        } else {
            return HTTPRefusal.send(exchange, 404, "Session not found")
        }
        let reply = PostReply(exchange, session) { [sessions] in
            session.protocolSession.revision == nil ? nil : sessions.add(session)
        }
        exchange.onClose = { reply.detach() }
        switch session.protocolSession.receive(
            message, message.range, headers: headers, from: principal, { reply.take($0, $1) })
        {
        case .accepted: exchange.respond(202, nil)
        case .answering: await reply.wait()
        }
        exchange.onClose = nil
    }

    private func isSelfContained(_ headers: MessageHeaders) -> Bool {
        headers.version == nil && headers.method != nil
    }

    /// A request of the newest revision: it ends with its connection.
    private func single(
        _ exchange: HTTPExchange, _ message: ByteBuffer, _ headers: MessageHeaders,
        _ principal: Principal
    ) async {
        let session = MCPSession(bridge, principal, unsolicited: nil)
        let reply = PostReply(exchange, nil) { nil }
        exchange.onClose = {
            session.close()
            reply.detach()
        }
        exchange.onDrain = { session.endSubscriptions() }
        switch session.receive(
            message, message.range, headers: headers, { reply.take($0, $1) })
        {
        case .accepted: exchange.respond(202, nil)
        case .answering: await reply.wait()
        }
        exchange.onClose = nil
    }

    func get(_ exchange: HTTPExchange, _ principal: Principal) async {
        guard HTTPText.field(exchange, "mcp-session-id") != nil else {
            return HTTPRefusal.send(exchange, 405, "only a session has a stream of its own") {
                $0.field("Allow", "POST" as StaticString)
            }
        }
        guard let session = session(exchange, principal) else {
            return HTTPRefusal.send(exchange, 404, "Session not found")
        }
        guard HTTPText.field(exchange, "accept") != nil,
            HTTPText.accepts(exchange, ["text/event-stream"])
        else { return HTTPRefusal.send(exchange, 406, "accept text/event-stream") }
        var (stream, number): (Int, Int?) = (SessionEvents.own, nil)
        if let last = HTTPText.field(exchange, "last-event-id") {
            guard let place = SessionEvents.place(last) else {
                return HTTPRefusal.send(exchange, 400, "Last-Event-ID is none of this session's")
            }
            (stream, number) = place
        } else if session.events.isAttached(SessionEvents.own) {
            return HTTPRefusal.send(exchange, 409, "this session has a stream already")
        }
        let live = LiveStream(exchange, session.id)
        exchange.onClose = {
            session.events.detach(live, from: stream)
            live.finish()
        }
        exchange.onDrain = { live.finish() }
        session.events.attach(live, to: stream, after: number)
        await live.done.wait()
        session.events.detach(live, from: stream)
        exchange.onClose = nil
    }
}

/// The answer of one POST: one JSON object, or events as soon as there is more than that to say.
@RequestLoop
final class PostReply {
    private let done = OneShot<Void>()
    private let exchange: HTTPExchange
    /// nil for a request of the newest revision, whose events are not kept.
    private let session: HTTPSession?
    private let sessionID: () -> String?
    private var live: LiveStream?
    private var stream: Int?
    /// The client has gone.
    private var isDetached = false

    init(
        _ exchange: HTTPExchange, _ session: HTTPSession?, _ sessionID: @escaping () -> String?
    ) {
        self.exchange = exchange
        self.session = session
        self.sessionID = sessionID
    }

    func take(_ message: ByteBuffer, _ kind: OutgoingKind) {
        switch kind {
        case .answer(let status) where live == nil && stream == nil:
            respond(status, message)
        case .answer:
            emit(message)
            end()
        case .silence:
            if live == nil, stream == nil { begin() }
            end()
        case .notification, .request:
            begin()
            emit(message)
        }
    }

    /// The connection is no more. In the revisions with sessions the call goes on, and what comes of
    /// it can be asked for.
    func detach() {
        isDetached = true
        if let live, let stream { session?.events.detach(live, from: stream) }
        live?.finish()
        done.resume(())
    }

    /// Returns when the exchange is answered. A client that sends no more may still read: it is told
    /// that nothing was waited for.
    func wait() async {
        await done.wait()
        guard !exchange.hasResponded else { return }
        HTTPRefusal.send(exchange, 499, "the connection was closed before there was an answer")
    }

    private func respond(_ status: Int, _ message: ByteBuffer) {
        defer { done.resume(()) }
        guard !exchange.hasResponded else { return }
        let id = sessionID()
        exchange.respond(status, "application/json", body: BytePart(message)) { head in
            head.field("Cache-Control", "no-store" as StaticString)
            if let id { head.field("Mcp-Session-Id", id) }
        }
    }

    private func begin() {
        guard live == nil, stream == nil else { return }
        let number = session?.events.open()
        stream = number
        guard !isDetached else { return }
        let live = LiveStream(exchange, sessionID())
        self.live = live
        guard let session, let number else { return }
        session.events.attach(live, to: number, after: nil)
        if session.protocolSession.revision?.allowsErrorWithoutID == true {
            session.events.prime(number)
        }
    }

    private func emit(_ message: ByteBuffer) {
        if let session, let stream { return session.events.emit(message, on: stream) }
        let bytes = ByteBuffer(capacity: message.count + 64)
        EventWriter.append(event: "message", message, message.range, to: bytes)
        live?.send(bytes)
    }

    private func end() {
        if let session, let stream { session.events.finish(stream) }
        guard let live else {
            done.resume(())
            return
        }
        live.finish()
        RequestLoop.start { [done] in
            await live.done.wait()
            done.resume(())
        }
    }
}
