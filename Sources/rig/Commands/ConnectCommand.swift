internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

extension Command {
    static let connect = Command(
        name: "connect", synopsis: "HOST", summary: "let an MCP host start `rig serve mcp`",
        details: """
            HOST is one of \(HostApp.names).
            Writes one entry into the host's settings and leaves the rest as it is; what was there
            is kept beside it until --undo. Claude Code and VS Code keep settings in the current
            folder, the others in the home folder.
            """,
        options: [
            .value("name", "NAME", "the server's name in the host (default: rig)"),
            .toggle("print", "show the entry and write nothing"),
            .toggle("preview", "show the settings as they would be and write nothing"),
            .toggle("undo", "take the entry out again"),
            .config,
        ],
        examples: ["rig connect claude-desktop", "rig connect vscode --preview"],
        run: connectHost)

    @RequestLoop
    private static func connectHost(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.count == 1 else {
            throw UsageError("needs one host", "one of \(HostApp.names)")
        }
        let host = try host(named: arguments.rest[0])
        let name = arguments["name"] ?? "rig"
        guard !name.isEmpty, name.utf8.count <= 64, ToolName.isValid(name) else {
            throw UsageError("--name is no name", "a letter, then letters, digits, - and _")
        }
        let environment = Environment.all()
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw Failure("connect", "HOME says no folder", type: "usage")
        }
        let path = host.path(home: home, folder: try Facts.workingDirectory())
        if arguments.has("undo") {
            guard try HostSettings.read(path).undo(host.servers, name) else {
                throw Failure(path, "has no server named \(name)")
            }
            console.out("took \(name) out of \(path)\n")
            return .success
        }
        let place = try Workplace.find(arguments)
        let entry = host.entry(
            ServerStart(
                program: try Facts.executablePath(), config: place.configPath,
                environment: environment))
        if arguments.has("print") {
            console.out(IndentedJSON.text([host.servers: [name: entry]]) + "\n")
            return .success
        }
        let settings = try HostSettings.read(path)
        let text = try settings.text(host.servers, name, entry)
        if arguments.has("preview") {
            console.note("\(path) would be:\n")
            console.out(text)
            return .success
        }
        let hasBackup = try settings.write(text)
        console.out("wrote \(name) into \(path)\n")
        if hasBackup { console.out("kept what was there in \(settings.backupPath)\n") }
        console.out("next: \(host.next)\n")
        return .success
    }

    private static func host(named name: String) throws -> HostApp {
        if let host = HostApp.all.first(where: { $0.name == name }) { return host }
        let near = Spelling.nearest(to: name, in: HostApp.all.map(\.name))
        throw UsageError(
            "'\(name.prefix(64))' is no host rig knows",
            near.map { "did you mean \($0)?" } ?? "one of \(HostApp.names)")
    }
}
