internal import RIGAudit
internal import RIGBytes
internal import RIGHTTP
package import RIGLoop
internal import RIGModel
internal import RIGPipeline
package import RIGServer

/// MCP over HTTP at `/mcp`: sessions for revisions with a handshake, single requests for the newest.
///
/// Who comes in is settled by the server's `Access`, as for every front; what is said, by
/// `MCPSession`, as for every transport.
@RequestLoop
package final class MCPFront: HTTPHandler {
    package static let path = "/mcp"

    let bridge: MCPBridge
    private let access: Access
    let sessions = HTTPSessionTable()

    package init(_ bridge: MCPBridge, _ access: Access) {
        self.bridge = bridge
        self.access = access
    }

    package func admit(_ exchange: HTTPExchange) {
        do throws(RTPError) {
            try access.checkOrigin(exchange)
            guard exchange.input.string(exchange.head.target.path) == Self.path else {
                return HTTPRefusal.send(exchange, 404, "there is nothing at this path")
            }
            switch exchange.head.method {
            case .post, .get, .delete: break
            default:
                return HTTPRefusal.send(exchange, 405, "this path takes POST, GET and DELETE") {
                    $0.field("Allow", "POST, GET, DELETE" as StaticString)
                }
            }
            let identity = try access.identity(exchange)
            exchange.context = AdmittedPrincipal(try principal(identity, exchange))
        } catch {
            HTTPRefusal.send(exchange, error.type.rgpStatus, error.message) { head in
                if error.type == .unauthenticated {
                    head.field("WWW-Authenticate", "Bearer realm=\"rig\"" as StaticString)
                }
            }
        }
    }

    package func handle(_ exchange: HTTPExchange) async {
        guard let principal = (exchange.context as? AdmittedPrincipal)?.principal else {
            preconditionFailure("what is handled was admitted")
        }
        switch exchange.head.method {
        case .post: await post(exchange, principal)
        case .get: await get(exchange, principal)
        default: delete(exchange, principal)
        }
    }

    /// Who may call for whom is the same as at every other path.
    private func principal(
        _ identity: Identity, _ exchange: HTTPExchange
    ) throws(RTPError) -> Principal {
        let tenant = try name("x-rig-tenant-id", exchange) ?? "default"
        let actor = try name("x-rig-actor-id", exchange) ?? identity.caller
        guard identity.mayServe(tenant: tenant.text) else {
            throw .forbidden(role: identity.name, action: "call for this tenant")
        }
        let caller = Caller(tenant: tenant, actor: actor, front: .mcp)
        let fingerprint = fingerprint(exchange)
        if identity.mayUseAll { return Principal(caller, fingerprint: fingerprint) }
        return Principal(caller, fingerprint: fingerprint) { identity.mayUse(tool: $0) }
    }

    /// Of the field that `Access` has found to name a known token.
    private func fingerprint(_ exchange: HTTPExchange) -> Digest? {
        guard case .one(let value) = exchange.field("authorization") else { return nil }
        let scheme = "Bearer ".utf8.count
        var hash = SHA256()
        hash.update(
            exchange.input,
            ByteRange(offset: value.offset + scheme, count: value.count - scheme))
        return hash.finish()
    }

    private func name(
        _ field: StaticString, _ exchange: HTTPExchange
    ) throws(RTPError) -> CallerName? {
        let range: ByteRange
        switch exchange.field(field) {
        case .none: return nil
        case .repeated: throw .invalidRequest("\(field) is repeated")
        case .one(let found): range = found
        }
        guard let name = CallerName(given: exchange.input.string(range)) else {
            throw .invalidRequest("\(field) must be \(CallerName.rule)")
        }
        return name
    }

    // Sessions

    /// The session that a request names, for its own principal only.
    func session(_ exchange: HTTPExchange, _ principal: Principal) -> HTTPSession? {
        guard let id = HTTPText.field(exchange, "mcp-session-id"),
            let session = sessions.find(id), session.belongs(to: principal)
        else { return nil }
        return session
    }

    private func delete(_ exchange: HTTPExchange, _ principal: Principal) {
        guard HTTPText.field(exchange, "mcp-session-id") != nil else {
            return HTTPRefusal.send(exchange, 405, "only a session can be deleted") {
                $0.field("Allow", "POST" as StaticString)
            }
        }
        guard let session = session(exchange, principal) else {
            return HTTPRefusal.send(exchange, 404, "Session not found")
        }
        sessions.end(session)
        exchange.respond(204, nil)
    }
}

/// What `admit` leaves for `handle`.
@RequestLoop
private final class AdmittedPrincipal {
    let principal: Principal

    init(_ principal: Principal) {
        self.principal = principal
    }
}
