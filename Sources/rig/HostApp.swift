internal import RIGJSON
internal import RIGLinux

/// A program that starts MCP servers, and where it is told which.
struct HostApp: Sendable {
    /// As typed: "claude-desktop".
    let name: String
    let title: String
    /// In the folder of the user's home, or in the current one when the host keeps settings beside
    /// a project.
    let file: String
    let isOfProject: Bool
    /// The member that holds the servers by name.
    let servers: String
    /// Whether an entry says that its transport is stdio.
    let saysType: Bool
    /// What has to be done for the host to notice.
    let next: String

    static let all = [
        HostApp(
            name: "claude-desktop", title: "Claude Desktop",
            file: ".config/Claude/claude_desktop_config.json", isOfProject: false,
            servers: "mcpServers", saysType: false, next: "restart Claude Desktop"),
        HostApp(
            name: "claude-code", title: "Claude Code", file: ".mcp.json", isOfProject: true,
            servers: "mcpServers", saysType: true,
            next: "start claude in this folder and accept the server"),
        HostApp(
            name: "cursor", title: "Cursor", file: ".cursor/mcp.json", isOfProject: false,
            servers: "mcpServers", saysType: false, next: "switch it on under Settings, MCP"),
        HostApp(
            name: "vscode", title: "VS Code", file: ".vscode/mcp.json", isOfProject: true,
            servers: "servers", saysType: true,
            next: "open this folder in VS Code and start the server in .vscode/mcp.json"),
        HostApp(
            name: "windsurf", title: "Windsurf", file: ".codeium/windsurf/mcp_config.json",
            isOfProject: false, servers: "mcpServers", saysType: false,
            next: "refresh the servers in Windsurf"),
        HostApp(
            name: "gemini", title: "Gemini CLI", file: ".gemini/settings.json",
            isOfProject: false, servers: "mcpServers", saysType: false, next: "restart gemini"),
    ]

    static var names: String { all.map(\.name).joined(separator: ", ") }

    func path(home: String, folder: String) -> String {
        Path.join(isOfProject ? folder : home, file)
    }

    /// What stands under the server's name.
    func entry(_ start: ServerStart) -> JSONValue {
        var entry = JSONObject()
        if saysType { entry["type"] = "stdio" }
        entry["command"] = .string(start.program)
        entry["args"] = .array(start.arguments.map { .string($0) })
        if let path = start.path { entry["env"] = ["PATH": .string(path)] }
        return .object(entry)
    }
}

/// How a host starts `rig serve mcp`: by absolute paths, since it has a folder and a search path of
/// its own.
struct ServerStart: Sendable {
    let program: String
    let arguments: [String]
    /// The search path, when the interpreters that a shell finds are not where the system has its
    /// own.
    let path: String?

    init(program: String, config: String, environment: [String: String]) {
        self.program = program
        arguments = ["serve", "mcp", "--config", config]
        let own = environment["PATH"] ?? ""
        let system = "/usr/local/bin:/usr/bin:/bin"
        let differs = ["python3", "node"].contains { name in
            let found = PathLookup.find(name, in: own)
            return found != nil && found != PathLookup.find(name, in: system)
        }
        path = differs ? own : nil
    }
}
