package import RIGJSON

/// What is answered as a JSON-RPC error: the message itself is not as the protocol has it. What goes
/// wrong in a call is a tool result instead.
package struct ProtocolFault: Error, Sendable, Equatable {
    package let code: Int
    package let message: String
    package let data: JSONValue?
    /// The status of an HTTP answer in the newest revision; older ones answer 200.
    package let status: Int

    private init(_ code: Int, _ message: String, data: JSONValue? = nil, status: Int = 400) {
        self.code = code
        self.message = message
        self.data = data
        self.status = status
    }

    static func parse(_ what: String) -> ProtocolFault {
        ProtocolFault(-32700, "Parse error: \(what)")
    }

    package static func invalidRequest(_ what: String) -> ProtocolFault {
        ProtocolFault(-32600, "Invalid request: \(what)")
    }

    /// A request of a session that nobody began; always status 400.
    static let noSession = ProtocolFault(
        -32600, "Invalid request: no session; begin with initialize")

    static func unknownMethod(_ name: String) -> ProtocolFault {
        ProtocolFault(
            -32601, "Method not found: \(VisibleName.of(name))", status: 404)
    }

    static func invalidParams(_ what: String, data: JSONValue? = nil) -> ProtocolFault {
        ProtocolFault(-32602, "Invalid params: \(what)", data: data)
    }

    static func unknownTool(_ name: String) -> ProtocolFault {
        ProtocolFault(
            -32602, "Unknown tool: \(VisibleName.of(name))",
            data: ["hint": "call tools/list again"])
    }

    static func headerMismatch(_ what: String) -> ProtocolFault {
        ProtocolFault(-32020, "Header mismatch: \(what)")
    }

    static func unsupportedVersion(_ requested: String) -> ProtocolFault {
        ProtocolFault(
            -32022, "Unsupported protocol version",
            data: [
                "supported": .array(Revision.supported.map { .string($0) }),
                "requested": .string(String(requested.prefix(64))),
            ])
    }

    /// A bug of RIG; the correlation id finds it in the record.
    static func `internal`(_ what: String, correlation: String? = nil) -> ProtocolFault {
        ProtocolFault(
            -32603, "Internal error: \(what)",
            data: correlation.map { ["correlationId": .string($0)] }, status: 500)
    }
}

/// A name that a client made up, short enough and safe to say back.
enum VisibleName {
    static func of(_ name: String) -> String {
        let cut = String(name.unicodeScalars.prefix(128).map(Character.init))
        return JSONValue.string(cut).text.dropFirst().dropLast().description
    }
}
