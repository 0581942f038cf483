package import RIGBytes
internal import RIGJSON
package import RIGLoop
internal import RIGModel

/// One client: what was agreed with it, and its requests in flight. On stdio it lives as long as the
/// pipe; over HTTP as long as the session, or, in the newest revision, as long as one request.
@RequestLoop
package final class MCPSession {
    /// Requests of one client at a time; a host never comes near.
    private static let flightsMax = 1_024

    /// What came of a message that was handed in.
    package enum Reception: Sendable {
        /// A notification or an answer: nothing will be sent for it.
        case accepted
        /// The outlet has got, or will get, an answer or silence.
        case answering
    }

    let bridge: MCPBridge
    /// Of the request that came last, since its rights may change while the session lasts. What goes
    /// on for longer has its own, in its flight.
    private(set) var principal: Principal
    /// Where messages go that no request asked for, once a handshake was made.
    private let unsolicited: Outlet?
    /// Agreed by handshake.
    package private(set) var revision: Revision?
    private(set) var client = ClientAbilities()
    private var flights: [RPCID: Flight] = [:]
    private var questions: [RPCID: OneShot<JSONValue?>] = [:]
    private var lastQuestion = 0
    private var listener: Int?
    package private(set) var isClosed = false
    /// Requests of revisions with a handshake are refused before it: over HTTP nobody could tell
    /// whose they are.
    package var requiresHandshake = false
    /// Called when the last flight has ended.
    package var onIdle: (() -> Void)?

    package init(_ bridge: MCPBridge, _ principal: Principal, unsolicited: Outlet?) {
        self.bridge = bridge
        self.principal = principal
        self.unsolicited = unsolicited
    }

    package var isIdle: Bool { flights.isEmpty }

    /// Takes one message, or in the revision that has them a batch. The buffer belongs to the
    /// session until every request in it is answered.
    /// - Parameter principal: Who sent it; nil for whom the session began with, or sent last.
    @discardableResult
    package func receive(
        _ buffer: ByteBuffer, _ range: ByteRange, headers: MessageHeaders? = nil,
        from principal: Principal? = nil, _ outlet: @escaping Outlet
    ) -> Reception {
        if let principal { self.principal = principal }
        if Self.isArray(buffer, range) { return receiveBatch(buffer, range, headers, outlet) }
        let message: RPCMessage
        do throws(Unreadable) {
            message = try RPCMessage.read(
                buffer, range, bytesMax: bridge.options.messageBytesMax, &bridge.scanner,
                &bridge.checker)
        } catch {
            refuse(error.fault, error.id, headers, outlet)
            return .answering
        }
        switch message.kind {
        case .request:
            request(message, buffer, headers, outlet)
            return .answering
        case .notification:
            note(message, buffer)
            return .accepted
        case .response:
            answered(message, buffer)
            return .accepted
        }
    }

    /// A message that could not be read by the transport: too long, or cut off.
    package func refuse(
        _ fault: ProtocolFault, _ id: RPCID? = nil, _ headers: MessageHeaders? = nil,
        _ outlet: @escaping Outlet
    ) {
        if id == nil, headers == nil, let revision, !revision.allowsErrorWithoutID {
            // This revision has no words for it: an error has an id there.
            return outlet(ByteBuffer(capacity: 0), .silence)
        }
        bridge.refuse(fault, id, isModern: headers?.isModern ?? false, outlet)
    }

    /// The transport is gone: whatever runs is cancelled, subscriptions are ended.
    package func close() {
        guard !isClosed else { return }
        endSubscriptions()
        isClosed = true
        if let listener { bridge.board.ignore(listener) }
        for flight in flights.values { flight.cancel() }
        for question in questions.values { question.resume(nil) }
        questions = [:]
        reportIfIdle()
    }

    /// Ends subscriptions in good order: this process is about to end.
    package func endSubscriptions() {
        for (id, flight) in flights where flight.isSubscription {
            flights[id] = nil
            if flight.land() { endSubscription(flight) }
        }
        reportIfIdle()
    }

    private static func isArray(_ buffer: ByteBuffer, _ range: ByteRange) -> Bool {
        for index in range.offset..<range.end {
            switch buffer[index] {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            default: return buffer[index] == UInt8(ascii: "[")
            }
        }
        return false
    }

    // Requests in flight

    /// Begins to answer a request; nil, and it is refused, when its id is in use.
    func begin(
        _ id: RPCID, _ message: RPCMessage, _ revision: Revision, _ client: ClientAbilities,
        _ outlet: @escaping Outlet
    ) -> Flight? {
        if flights[id] != nil {
            bridge.refuse(
                .invalidRequest("a request with this id is being answered"), id,
                isModern: revision.isModern, outlet)
            return nil
        }
        if flights.count >= Self.flightsMax {
            bridge.refuse(
                .invalidRequest("more than \(Self.flightsMax) requests at once"), id,
                isModern: revision.isModern, outlet)
            return nil
        }
        let flight = Flight(
            id, revision, client, principal,
            progressToken: message.params.meta?.progressToken, outlet)
        flights[id] = flight
        return flight
    }

    /// Takes a flight off; `answer` is called when somebody still waits for it.
    func end(_ flight: Flight, _ answer: () -> Void) {
        if flights[flight.id] === flight { flights[flight.id] = nil }
        if flight.land() {
            answer()
        } else {
            flight.outlet(ByteBuffer(capacity: 0), .silence)
        }
        reportIfIdle()
    }

    private func reportIfIdle() {
        if flights.isEmpty { onIdle?() }
    }

    // Notifications and answers of the client

    private func note(_ message: RPCMessage, _ buffer: ByteBuffer) {
        guard message.method == "notifications/cancelled", let range = message.params.range,
            let id = Self.member("requestId", buffer, range)
        else { return }
        flights[id]?.cancel()
        if let flight = flights[id], flight.isSubscription { end(flight) {} }
    }

    private static func member(
        _ name: String, _ buffer: ByteBuffer, _ range: ByteRange
    ) -> RPCID? {
        switch parse(buffer, range)[name] {
        case .string(let text): RPCID(literal: JSONValue.string(text).text)
        case .number(let number): RPCID(literal: number.literal)
        default: nil
        }
    }

    /// A part of a message that was read before, as a tree: for what is not on the path of a call.
    static func parse(_ buffer: ByteBuffer, _ range: ByteRange?) -> JSONValue {
        guard let range else { return .null }
        do throws(JSONError) {
            let limits = JSONLimits(
                depthMax: Limits.jsonDepthMax + 4, bytesMax: max(1, range.count))
            return try JSONValue.parse(buffer, range, limits: limits)
        } catch {
            preconditionFailure("a part of a message that was checked is JSON: \(error)")
        }
    }

    private func answered(_ message: RPCMessage, _ buffer: ByteBuffer) {
        guard let id = message.id, let question = questions.removeValue(forKey: id) else { return }
        question.resume(message.result.map { Self.parse(buffer, $0) })
    }

    /// Asks the client something during one of its requests, and waits.
    /// - Returns: nil when it answered with an error, has gone, or let `timeoutNanoseconds` pass.
    func ask(
        _ method: StaticString, timeoutNanoseconds: UInt64, _ flight: Flight,
        _ params: (inout JSONWriter) -> Void
    ) async -> JSONValue? {
        guard !isClosed, !flight.isOver else { return nil }
        lastQuestion += 1
        let id = RPCID(own: lastQuestion)
        let answer = OneShot<JSONValue?>()
        questions[id] = answer
        flight.onEnd = { answer.resume(nil) }
        bridge.tell(method, to: flight.outlet, as: .request, id: id, params)
        let timer = EventLoop.shared.after(nanoseconds: timeoutNanoseconds) { answer.resume(nil) }
        let value = await answer.wait()
        EventLoop.shared.cancel(timer)
        questions[id] = nil
        flight.onEnd = nil
        return value
    }

    // The handshake

    func agree(_ revision: Revision, _ client: ClientAbilities) {
        self.revision = revision
        self.client = client
        guard listener == nil, let unsolicited else { return }
        listener = bridge.board.listen { [weak self] in
            guard let self, !isClosed else { return }
            bridge.tell("notifications/tools/list_changed", to: unsolicited) { _ in }
        }
    }
}
