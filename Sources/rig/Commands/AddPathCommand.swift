internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGRegistry

extension Command {
    static let addPath = Command(
        name: "add path", synopsis: "DIR", summary: "mount a pack from a folder",
        details: """
            Reads the folder's manifest, describes the pack inside the jail, shows its tools and
            writes them into rig.yaml. Nothing changes when any of it fails.
            """,
        options: [
            .value("as", "NAME", "namespace of its tools (default: the pack's short name)"),
            .config, .json,
        ],
        examples: ["rig add path ./my-pack", "rig add path ../packs/echo --as demo"],
        run: mountFolder)

    @RequestLoop
    private static func mountFolder(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.count == 1 else {
            throw UsageError("needs one folder", "rig add path ./my-pack")
        }
        let place = try Workplace.find(arguments)
        let folder = try await readFolder(arguments.rest[0])
        let namespace = try namespace(arguments["as"], folder)
        var edit = try ConfigEdit(path: place.configPath)
        try refuseCollision(namespace, edit.config)
        var entry = PackEntry(source: .path, name: folder.root, alias: namespace.text)
        var trial = edit
        try trial.addPack(entry)
        guard let index = trial.index(of: namespace.text) else {
            throw Failure("rig.yaml", "the new entry cannot be found again", type: "internal")
        }

        console.progress("describing \(folder.name) in the jail …")
        let (run, builder) = try await Sidecar.builder(place, trial.config)
        let loaded = try await builder.load(trial.config.packs[index])
        loaded.dismiss()
        console.progress("")
        run.end()

        entry.tools = loaded.tools.map { $0.definition.name.text }
        try edit.addPack(entry)
        try edit.write()
        show(loaded, namespace, place, console)
        return .success
    }

    private static func readFolder(_ path: String) async throws -> PackFolder {
        try await RequestLoop.offload { try PackFolder.read(path) }
    }

    private static func namespace(_ given: String?, _ folder: PackFolder) throws -> Namespace {
        if let given {
            guard let namespace = Namespace(given) else {
                throw UsageError(
                    "\(given) is no namespace", "lower-case letters, digits, - and _, 32 at most")
            }
            return namespace
        }
        guard let namespace = folder.defaultNamespace else {
            throw PackFault.noNamespace(name: folder.name)
        }
        return namespace
    }

    private static func refuseCollision(_ namespace: Namespace, _ config: Config) throws {
        guard let taken = config.packs.first(where: { $0.namespace == namespace }) else { return }
        throw Failure(
            "namespace \(namespace)", "is taken by \(taken.name)",
            hint: "mount it under another name: --as \(namespace)2", type: "collision")
    }

    @RequestLoop
    private static func show(
        _ loaded: SnapshotBuilder.Loaded, _ namespace: Namespace, _ place: Workplace,
        _ console: Console
    ) {
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "namespace": .string(namespace.text),
                "pack": .string(loaded.pack.name), "version": .string(loaded.pack.version),
                "digest": .string(loaded.pack.digest.hex),
                "tools": .array(
                    loaded.tools.map { tool in
                        [
                            "name": .string(tool.name),
                            "risk": .string(tool.definition.risk.rawValue),
                        ]
                    }),
            ]
            return console.out(value.text + "\n")
        }
        console.out("\(loaded.pack.name) \(loaded.pack.version), mounted as \(namespace)\n\n")
        var table = Table("TOOL", "RISK", "DESCRIPTION")
        for tool in loaded.tools {
            table.add(
                tool.name, tool.definition.risk.rawValue, Self.firstSentence(of: tool.definition))
        }
        console.out(table.text)
        console.out("\nit asks for: nothing beyond its own work directory\n")
        console.out("wrote \(place.configPath)\n")
    }

    static func firstSentence(of definition: ToolDefinition) -> String {
        let line = definition.description.prefix { $0 != "\n" }
        guard let stop = line.firstRange(of: ". ") else { return String(line) }
        return String(line[..<stop.lowerBound]) + "."
    }
}
