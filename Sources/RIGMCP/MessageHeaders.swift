/// What a transport's own head says of a message; in the newest revision it has to agree with the
/// body. Values are as they were sent, already decoded.
package struct MessageHeaders: Sendable {
    /// `MCP-Protocol-Version`
    package var version: String?
    /// `Mcp-Method`
    package var method: String?
    /// `Mcp-Name`
    package var name: String?

    package init(version: String? = nil, method: String? = nil, name: String? = nil) {
        self.version = version
        self.method = method
        self.name = name
    }

    /// Whether the version is none that a handshake agrees on, so that the newest rules count.
    var isModern: Bool {
        guard let version else { return false }
        return Revision(rawValue: version)?.isByHandshake != true
    }

    /// Methods whose subject is named in a header too.
    private static let named: Set<String> = ["tools/call", "prompts/get", "resources/read"]

    /// The first way in which the head and the body of a request disagree.
    func disagreement(version: String, method: String, name: String?) -> String? {
        if self.version != version { return "MCP-Protocol-Version and _meta differ" }
        if self.method != method { return "Mcp-Method and method differ" }
        if Self.named.contains(method), self.name != name { return "Mcp-Name and name differ" }
        return nil
    }
}
