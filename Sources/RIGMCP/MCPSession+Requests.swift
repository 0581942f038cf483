internal import RIGBytes
internal import RIGJSON
internal import RIGLoop

/// Which era a request belongs to, and what its method does.
extension MCPSession {
    func request(
        _ message: RPCMessage, _ buffer: ByteBuffer, _ headers: MessageHeaders?,
        _ outlet: @escaping Outlet
    ) {
        guard let id = message.id else { return }
        let isModern = Self.isModern(message, headers)
        do throws(ProtocolFault) {
            if isModern {
                try modern(id, message, buffer, headers, outlet)
            } else {
                try legacy(id, message, buffer, outlet)
            }
        } catch {
            bridge.refuse(
                error, id, isModern: isModern || error == .noSession, outlet)
        }
    }

    /// Settled for each request by itself: clients ask which era there is, and then shake hands on
    /// the same pipe.
    private static func isModern(_ message: RPCMessage, _ headers: MessageHeaders?) -> Bool {
        if headers?.isModern == true { return true }
        if message.method == "initialize" { return false }
        return message.params.meta?.protocolVersion != nil || message.method == "server/discover"
    }

    // Revisions with a handshake

    private func legacy(
        _ id: RPCID, _ message: RPCMessage, _ buffer: ByteBuffer, _ outlet: @escaping Outlet
    ) throws(ProtocolFault) {
        if requiresHandshake, self.revision == nil, message.method != "initialize" {
            throw .noSession
        }
        let revision = self.revision ?? .latestByHandshake
        switch message.method {
        case "initialize":
            try initialize(id, message, buffer, outlet)
        case "ping":
            bridge.answer(id, outlet) { _ in }
        case "tools/list":
            try list(id, message, revision, client, outlet)
        case "tools/call":
            try call(id, message, buffer, revision, client, outlet)
        default:
            throw .unknownMethod(message.method)
        }
    }

    private func initialize(
        _ id: RPCID, _ message: RPCMessage, _ buffer: ByteBuffer, _ outlet: Outlet
    ) throws(ProtocolFault) {
        let params = Self.parse(buffer, message.params.range)
        guard let asked = params["protocolVersion"]?.string else {
            throw .invalidParams("protocolVersion must be a string")
        }
        let revision =
            Revision(rawValue: asked).flatMap { $0.isByHandshake ? $0 : nil }
            ?? .latestByHandshake
        agree(revision, ClientAbilities(params["capabilities"], revision))
        bridge.answer(id, outlet) { writer in
            writer.key("protocolVersion" as StaticString)
            writer.string(revision.rawValue)
            self.writeCapabilities(to: &writer)
            writer.key("serverInfo" as StaticString)
            self.bridge.writeServer(revision, to: &writer)
            writer.key("instructions" as StaticString)
            writer.string(MCPBridge.instructions)
        }
    }

    private func writeCapabilities(to writer: inout JSONWriter) {
        writer.key("capabilities" as StaticString)
        writer.raw(#"{"tools":{"listChanged":true}}"#)
    }

    // Self-contained requests

    private func modern(
        _ id: RPCID, _ message: RPCMessage, _ buffer: ByteBuffer, _ headers: MessageHeaders?,
        _ outlet: @escaping Outlet
    ) throws(ProtocolFault) {
        guard let meta = message.params.meta, let version = meta.protocolVersion,
            let abilities = meta.clientCapabilities
        else {
            throw .invalidParams(
                "_meta needs io.modelcontextprotocol/protocolVersion and"
                    + " io.modelcontextprotocol/clientCapabilities")
        }
        if let wrong = headers?.disagreement(
            version: version, method: message.method, name: message.params.name)
        {
            throw .headerMismatch(wrong)
        }
        guard let revision = Revision(rawValue: version), revision.isModern else {
            throw .unsupportedVersion(version)
        }
        switch message.method {
        case "server/discover":
            discover(id, revision, outlet)
        case "tools/list":
            try list(id, message, revision, ClientAbilities(), outlet)
        case "tools/call":
            let client = ClientAbilities(Self.parse(buffer, abilities), revision)
            try call(id, message, buffer, revision, client, outlet)
        case "subscriptions/listen":
            try subscribe(id, message, buffer, revision, outlet)
        default:
            throw .unknownMethod(message.method)
        }
    }

    private func discover(_ id: RPCID, _ revision: Revision, _ outlet: Outlet) {
        bridge.answer(id, outlet) { writer in
            self.bridge.writeComplete(to: &writer)
            writer.key("supportedVersions" as StaticString)
            writer.value(.array(Revision.supported.map { .string($0) }))
            self.writeCapabilities(to: &writer)
            writer.key("instructions" as StaticString)
            writer.string(MCPBridge.instructions)
            Self.writeCaching(milliseconds: 60_000, to: &writer)
            self.bridge.writeServerMeta(to: &writer)
        }
    }

    /// How long a client may keep what it got; lists differ by caller.
    static func writeCaching(milliseconds: Int, to writer: inout JSONWriter) {
        writer.key("ttlMs" as StaticString)
        writer.int(milliseconds)
        writer.key("cacheScope" as StaticString)
        writer.string("private")
    }
}
