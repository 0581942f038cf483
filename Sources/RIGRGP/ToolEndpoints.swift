internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGPolicy
internal import RIGRegistry
internal import RIGServer

/// `GET /v1/tools` and `GET /v1/tools/{name}`.
extension RGPFront {
    func listTools(_ request: RGPRequest) throws(RTPError) {
        let query = try Query(request.query, ["policy"])
        guard let identity = request.identity else { preconditionFailure("a list has a reader") }
        let caller = try caller(request, identity)
        if try query.choice("policy", ["true", "false"]) == "true" {
            try requireTenant(identity, caller)
            return listToolsWithPolicy(request, identity, caller)
        }
        let snapshot = gateway.snapshot.snapshot
        let tools = snapshot.tools.filter { identity.mayUse(tool: $0.name) }
        // The interface hash names the whole list; who sees a part of it has a name for that part.
        var tag = snapshot.interfaceHash.hex
        if tools.count < snapshot.tools.count {
            tag =
                SHA256.digest(
                    Array((tag + tools.map(\.name).joined(separator: " ")).utf8)
                ).hex
        }
        let field = "\"\(tag)\""
        if try matches(request, tag) {
            request.exchange.output.removeAll()
            return request.exchange.respond(304, nil) { head in
                head.field("X-RIG-Correlation-Id", request.correlationID.text)
                head.field("ETag", field)
            }
        }
        var writer = JSONWriter(request.exchange.output)
        writer.beginObject()
        writer.key("interface_hash")
        writer.string(snapshot.interfaceHash.description)
        writer.key("tools")
        writer.beginArray()
        for tool in tools { writer.value(Self.json(tool)) }
        writer.endArray()
        writer.endObject()
        request.reply(200) { $0.field("ETag", field) }
    }

    /// With what policy says to calls of the tenant and actor that the request names: an answer that
    /// depends on more than the interface, so it has no ETag.
    private func listToolsWithPolicy(
        _ request: RGPRequest, _ identity: Identity, _ caller: Caller
    ) {
        let who = PolicyCaller(tenant: caller.tenant.text, actor: caller.actor.text)
        let live = gateway.snapshot
        var writer = JSONWriter(request.exchange.output)
        writer.beginObject()
        writer.key("interface_hash")
        writer.string(live.snapshot.interfaceHash.description)
        writer.key("tools")
        writer.beginArray()
        for route in live.routes where identity.mayUse(tool: route.tool.name) {
            guard case .object(var object) = Self.json(route.tool) else { continue }
            let forecast = route.decision.forecast(who)
            object["pack"] = Self.json(route.tool.pack)
            object["policy"] = .string(route.tool.isEnabled ? forecast.word : "disabled")
            object["policy_effects"] = .array(forecast.effects.map { .string($0.rawValue) })
            writer.value(.object(object))
        }
        writer.endArray()
        writer.endObject()
        request.reply(200)
    }

    static func json(_ pack: MountedPack) -> JSONValue {
        [
            "namespace": .string(pack.namespace.text), "name": .string(pack.name),
            "version": .string(pack.version), "source": .string(pack.source.rawValue),
            "digest": .string(pack.digest.description),
        ]
    }

    func showTool(_ request: RGPRequest, _ name: String) throws(RTPError) {
        _ = try Query(request.query, [])
        guard let identity = request.identity, identity.mayUse(tool: name) else {
            throw .forbidden(role: request.identity?.name ?? "", action: "use this tool")
        }
        let snapshot = gateway.snapshot
        guard let route = snapshot.route(name) else {
            throw snapshot.unknown(name).told(identity, of: name)
        }
        var value = Self.json(route.tool)
        if case .object(var object) = value {
            object["pack"] = Self.json(route.tool.pack)
            value = .object(object)
        }
        request.reply(200, value)
    }

    private static func json(_ tool: Tool) -> JSONValue {
        [
            "name": .string(tool.name), "enabled": .bool(tool.isEnabled),
            "definition": tool.definition.encoded,
        ]
    }

    /// Whether If-None-Match names `tag` (RFC 9110, section 13.1.2).
    func matches(_ request: RGPRequest, _ tag: String) throws(RTPError) -> Bool {
        guard let text = try request.text("if-none-match", "If-None-Match") else { return false }
        return text.split(separator: ",").contains { part in
            let plain = part.filter { $0 != " " && $0 != "\t" }
            return plain == "*" || plain == "\"\(tag)\"" || plain == "W/\"\(tag)\""
        }
    }
}

extension RTPError {
    /// Without the names of tools that its reader may not use, and so is not shown in the list.
    func told(_ identity: Identity, of tool: String) -> RTPError {
        guard type == .toolNotFound, !identity.mayUseAll, case .object(let object)? = details,
            case .array(let names)? = object["suggestions"]
        else { return self }
        let shown = names.compactMap { name -> String? in
            guard case .string(let text) = name, identity.mayUse(tool: text) else { return nil }
            return text
        }
        return .toolNotFound(tool, suggestions: shown)
    }
}
