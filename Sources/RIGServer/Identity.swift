package import RIGConfig
package import RIGModel
internal import RIGPolicy

/// Who a token says its bearer is, and for whom and what it may be used.
package struct Identity: Sendable {
    package typealias Role = TokenConfig.Role

    /// `agent`, `operator`, or the name of a token in rig.yaml.
    package let name: String
    package let role: Role
    /// The actor of a call that names none.
    package var caller: CallerName { CallerName(given: name) ?? "token" }
    private let tenants: [Glob]
    private let tools: [Glob]

    package init(
        name: String, role: Role, tenants: [String] = ["*"], tools: [String] = ["*"]
    ) {
        self.name = name
        self.role = role
        self.tenants = tenants.map { Glob($0) }
        self.tools = tools.map { Glob($0) }
    }

    package func mayServe(tenant: String) -> Bool { tenants.contains { $0.matches(tenant) } }

    /// By the tool's qualified name.
    package func mayUse(tool: String) -> Bool { tools.contains { $0.matches(tool) } }

    /// Whether it sees every tool there is.
    package var mayUseAll: Bool { tools.contains(where: \.isAny) }
}
