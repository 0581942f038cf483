internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline

/// `tools/call`: the arguments go to the gateway as the bytes they came in.
extension MCPSession {
    /// Of a name that no tool has, as far as it is recorded.
    private static let unknownNameCharactersMax = 128

    /// How a call ends for its client.
    enum CallEnd {
        case answer(Answer, ToolListing.OutputForm)
        case inputRequired(ApprovalQuestion, state: String)
        case fault(ProtocolFault)
    }

    func call(
        _ id: RPCID, _ message: RPCMessage, _ buffer: ByteBuffer, _ revision: Revision,
        _ client: ClientAbilities, _ outlet: @escaping Outlet
    ) throws(ProtocolFault) {
        let params = message.params
        if let wrong = params.wrong { throw .invalidParams(wrong) }
        guard let name = params.name else { throw .invalidParams("name is missing") }
        if let key = params.meta?.idempotencyKey, IdempotencyKey(given: key) == nil {
            throw .invalidParams("dev.rig/idempotencyKey must be 1 to 255 visible characters")
        }
        guard let flight = begin(id, message, revision, client, outlet) else { return }
        RequestLoop.start { [self] in
            let end = await perform(name, params, buffer, flight)
            // What the call changed is told before its answer.
            bridge.board.announceNow()
            self.end(flight) { send(end, name, flight) }
        }
    }

    private func perform(
        _ exported: String, _ params: RPCParams, _ buffer: ByteBuffer, _ flight: Flight
    ) async -> CallEnd {
        guard let gateway = await bridge.board.gatewayWhenOpen() else {
            return .fault(.internal(bridge.board.failure ?? "nothing is served"))
        }
        let row = bridge.board.listing?.row(exported)
        let tool = row?.name ?? Self.missing(exported, gateway.snapshot)
        // What is hidden from a principal is not there for it.
        if flight.principal.mayUse?(tool) == false {
            return .fault(.unknownTool(exported))
        }
        var attempt = CallAttempt(
            tool: tool, exported: exported, params: params, buffer: buffer, gateway: gateway,
            flight: flight)
        if let given = params.meta?.correlationID {
            attempt.correlation = CorrelationID(given: given)
        }
        return await settle(attempt, row?.output ?? .open)
    }

    /// What a name that is not in the list stands for: a tool of a pack that could not be loaded,
    /// whose reason the caller gets, or nothing.
    private static func missing(_ exported: String, _ snapshot: LiveSnapshot) -> String {
        for namespace in snapshot.failures.keys.sorted() where exported.hasPrefix(namespace + "_") {
            return namespace + "." + exported.dropFirst(namespace.count + 1)
        }
        return String(exported.prefix(unknownNameCharactersMax))
    }

    private func send(_ end: CallEnd, _ exported: String, _ flight: Flight) {
        switch end {
        case .answer(let answer, let form):
            if case .failure(let error) = answer.result, error.type == .toolNotFound {
                return refuse(.unknownTool(exported), flight)
            }
            bridge.answer(flight.id, flight.outlet) { writer in
                CallText(bridge: bridge, revision: flight.revision, exported: exported)
                    .write(answer, form, to: &writer)
            }
        case .inputRequired(let question, let state):
            bridge.answer(flight.id, flight.outlet) { writer in
                question.writeInputRequired(state, bridge, to: &writer)
            }
        case .fault(let fault):
            refuse(fault, flight)
        }
    }

    private func refuse(_ fault: ProtocolFault, _ flight: Flight) {
        bridge.refuse(fault, flight.id, isModern: flight.revision.isModern, flight.outlet)
    }
}

/// One client's call, which may be put to the gateway again once a person has decided.
@RequestLoop
struct CallAttempt {
    private static let noArguments = ByteBuffer("{}".utf8)

    let tool: String
    let exported: String
    let params: RPCParams
    let buffer: ByteBuffer
    let gateway: Gateway
    let flight: Flight
    var correlation: CorrelationID?

    init(
        tool: String, exported: String, params: RPCParams, buffer: ByteBuffer, gateway: Gateway,
        flight: Flight
    ) {
        self.tool = tool
        self.exported = exported
        self.params = params
        self.buffer = buffer
        self.gateway = gateway
        self.flight = flight
    }

    /// - Parameter token: Names the approval that the call is to use; nil lets the gateway look.
    func perform(_ caller: Caller, _ bridge: MCPBridge, token: String?) async -> Answer {
        let args = params.arguments
        let request = CallRequest(
            tool: tool, caller: caller,
            correlationID: correlation ?? gateway.makeCorrelationID(),
            buffer: args == nil ? Self.noArguments : buffer,
            args: args ?? Self.noArguments.range, approvalToken: token,
            idempotencyKey: params.meta?.idempotencyKey.flatMap { IdempotencyKey(given: $0) },
            cancellation: flight.cancellation,
            onProgress: flight.wantsProgress
                ? { [flight] progress in flight.report(progress, bridge) } : nil)
        return await gateway.perform(request)
    }

    /// Names who calls what with which arguments, however they are written.
    func digest(_ caller: Caller) -> String {
        let arguments = params.arguments.map { MCPSession.parse(buffer, $0) } ?? [:]
        let value: JSONValue = [
            "tenant": .string(caller.tenant.text), "actor": .string(caller.actor.text),
            "tool": .string(tool), "arguments": arguments,
        ]
        let text = ByteBuffer()
        CanonicalJSON.append(value, to: text)
        var hash = SHA256()
        hash.update(text, text.range)
        return hash.finish().hex
    }
}
