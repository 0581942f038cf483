internal import RIGAudit
internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGServer
internal import RIGWorker

/// `POST /v1/tools/{name}/call`.
extension RGPFront {
    func call(_ request: RGPRequest, _ tool: String) async throws(RTPError) {
        guard let identity = request.identity else {
            preconditionFailure("a call has a caller")
        }
        try request.requireJSON()
        _ = try Query(request.query, [])
        let caller = try caller(request, identity)
        try requireTenant(identity, caller)
        guard identity.mayUse(tool: tool) else {
            throw .forbidden(role: identity.name, action: "use this tool")
        }
        let key = try request.idempotencyKey()
        let envelope = try CallEnvelope(request.exchange, &scanner)
        let cancellation = Cancellation()
        // Who sends a key comes back for the answer.
        if key == nil { request.exchange.onClose = { cancellation.cancel() } }
        let answer = await gateway.perform(
            CallRequest(
                tool: tool, caller: caller, correlationID: request.correlationID,
                buffer: request.exchange.input, args: envelope.args,
                approvalToken: envelope.approvalToken, idempotencyKey: key,
                deadlineMilliseconds: envelope.deadlineMilliseconds,
                traceParent: request.traceParent(), cancellation: cancellation))
        request.exchange.onClose = nil
        switch answer.result {
        case .output:
            answer.write(to: request.exchange.output)
            request.reply(200)
        case .failure(let failure):
            let error = failure.told(identity, of: tool)
            ToolResult.appendFailure(error, meta: answer.meta, to: request.exchange.output)
            request.reply(error.type.rgpStatus) { RGPReply.addFields($0, of: error) }
        }
    }

    func requireTenant(_ identity: Identity, _ caller: Caller) throws(RTPError) {
        guard identity.mayServe(tenant: caller.tenant.text) else {
            throw .forbidden(role: identity.name, action: "call for this tenant")
        }
    }

    func caller(
        _ request: RGPRequest, _ identity: Identity
    ) throws(RTPError) -> Caller {
        let tenant = try request.name("x-rig-tenant-id", "X-RIG-Tenant-Id") ?? "default"
        let actor = try request.name("x-rig-actor-id", "X-RIG-Actor-Id") ?? identity.caller
        return Caller(tenant: tenant, actor: actor, front: .rgp)
    }
}

/// `{"args": {…}, "approval_token"?: "…", "deadline_ms"?: 1000}`, read where it stands. What the
/// arguments hold is for the path to check.
struct CallEnvelope {
    let args: ByteRange
    let approvalToken: String?
    let deadlineMilliseconds: Int?

    @RequestLoop
    init(_ exchange: HTTPExchange, _ scanner: inout Scanner) throws(RTPError) {
        let limits = JSONLimits(
            depthMax: Limits.jsonDepthMax + 1,
            bytesMax: Limits.payloadBytesMax + Limits.envelopeBytesMax)
        do throws(JSONError) {
            try scanner.scan(exchange.input, exchange.body, limits: limits)
        } catch {
            throw .invalidRequest("the body: \(error.code.text) at byte \(error.offset)")
        }
        var args: ByteRange?
        var (token, deadline): (String?, Int64?) = (nil, nil)
        var cursor = Cursor(scanner, exchange.input)
        while cursor.next() {
            if cursor.isKey("args") {
                guard cursor.isObject else { throw .invalidRequest("args is no object") }
                args = cursor.skipUnchecked()?.range
            } else if cursor.isKey("approval_token") {
                guard cursor.isString else { throw .invalidRequest("approval_token is no string") }
                token = cursor.string()
            } else if cursor.isKey("deadline_ms") {
                deadline = cursor.int()
                guard let deadline, deadline >= 1, deadline <= Limits.callTimeoutMillisecondsMax
                else {
                    throw .invalidRequest(
                        "deadline_ms is no whole number from 1 to "
                            + "\(Limits.callTimeoutMillisecondsMax)")
                }
            } else {
                throw .invalidRequest(
                    "the body has members beside args, approval_token, deadline_ms")
            }
        }
        guard cursor.isFinished else {
            throw .invalidRequest("the body is not one JSON object with each member once")
        }
        guard let args else { throw .invalidRequest("the body lacks args") }
        self.args = args
        approvalToken = token
        deadlineMilliseconds = deadline.map { Int($0) }
    }
}
