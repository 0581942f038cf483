package import RIGModel

/// rig.yaml, read and checked: every value typed, every default filled in, every path absolute or
/// relative to the current folder as the file itself is.
///
///     let config = try Config.load(path: "rig.yaml")
///     config.packs[0].limits.timeoutMilliseconds
package struct Config: Hashable, Sendable {
    /// The file, as it was named.
    package var file: String
    /// The folder of the file; relative paths in it start there.
    package var folder: String
    package var packs: [PackConfig] = []
    package var runners = RunnersConfig()
    package var sandbox = SandboxConfig()
    package var policy = Policy()
    package var update = UpdateConfig()
    package var audit: AuditConfig
    package var server: ServerConfig
    package var mcp = MCPConfig()
    package var tokens: [TokenConfig] = []
}

/// Which runners there are and where.
package struct RunnersConfig: Hashable, Sendable {
    package var node = RunnerConfig(address: .spawn("node"))
    package var python = RunnerConfig(address: .spawn("python3"))
}

package struct RunnerConfig: Hashable, Sendable {
    package enum Address: Hashable, Sendable {
        /// A program, looked up in PATH unless it has a slash.
        case spawn(String)
        /// The socket of a runner that someone else supervises.
        case unix(path: String)
    }

    package var isEnabled = true
    package var address: Address
    /// Written out: whoever supervises the runner confines it. Only for a socket.
    package var isConfinedElsewhere = false
}

package struct SandboxConfig: Hashable, Sendable {
    package enum Level: String, Hashable, Sendable, CaseIterable {
        case strict, standard, none
    }

    package var level = Level.strict
}

package struct ServerConfig: Hashable, Sendable {
    /// nil listens on the socket only. Port 0 takes a free one.
    package var listen: ListenAddress? = ListenAddress(host: "127.0.0.1", port: 8741)
    package var socketPath: String
}

/// A numeric address or `localhost`, and a port.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// IPv6 without brackets.
    package let host: String
    package let port: UInt16

    package var description: String {
        (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host) + ":\(port)"
    }

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Only this machine can connect.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}

package struct MCPConfig: Hashable, Sendable {
    package enum Names: String, Hashable, Sendable, CaseIterable { case underscore }

    package var names = Names.underscore
    /// Risks for which the user of an MCP host may approve a call in the host's own form.
    package var hostApproves: Set<Risk> = []
}

/// A bearer token, known by its hash only.
package struct TokenConfig: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable { case agent, `operator` }

    package var name: String
    package var role: Role
    /// `sha256:` and 64 hexadecimal digits, of the token's text.
    package var hash: String
    /// Patterns; a call of any other tenant is refused.
    package var tenants: [String]
    /// Patterns over qualified names.
    package var tools: [String]

    package init(
        name: String, role: Role, hash: String, tenants: [String] = ["*"],
        tools: [String] = ["*"]
    ) {
        self.name = name
        self.role = role
        self.hash = hash
        self.tenants = tenants
        self.tools = tools
    }
}
