internal import RIGConfig
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGPolicy

extension Command {
    static let list = Command(
        name: "list", synopsis: "", summary: "show the tools, their risk and what policy says",
        details: """
            POLICY is what a call of that tenant and actor gets: allow, approve or deny; `depends`
            where rules ask about the arguments, with all that can come of it.
            """,
        options: [
            .toggle("all", "show disabled tools too"), .tenant, .actor, .patience, .config,
            .json,
        ],
        examples: ["rig list", "rig list --json | python3 -m json.tool"],
        run: showTools)

    @RequestLoop
    private static func showTools(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let caller = try PolicyCaller(arguments)
        let place = try Workplace.find(arguments)
        let list: ListedTools
        if let running = try RunningSidecar.find(place, .agent) {
            list = try await ListedTools(running, caller)
        } else {
            console.progress("starting the packs …")
            let sidecar = try await Sidecar.open(place, try arguments.patience())
            console.progress("")
            list = ListedTools(sidecar.gateway.snapshot, caller)
            try await sidecar.close()
        }
        let shown = list.tools.filter { $0.isEnabled || arguments.has("all") }
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "snapshot": .string(list.snapshot),
                "tools": .array(shown.map(\.json)),
            ]
            console.out(value.text + "\n")
        } else {
            console.out(table(shown))
        }
        for (namespace, message) in list.failures {
            console.note(
                "rig: pack \(Printable.escaped(namespace)): \(Printable.foreign(message))\n")
        }
        return .success
    }

    private static func table(_ tools: [ListedTools.Tool]) -> String {
        guard !tools.isEmpty else { return "no tools yet: rig add path DIR\n" }
        var table = Table("TOOL", "RISK", "POLICY", "DESCRIPTION")
        for tool in tools {
            table.add(
                tool.name, tool.definition.risk.rawValue, policy(tool),
                firstSentence(of: tool.definition))
        }
        return table.text
    }

    private static func policy(_ tool: ListedTools.Tool) -> String {
        guard tool.isEnabled, tool.effects.count > 1 else { return tool.policy }
        return "\(tool.policy) (\(tool.effects.joined(separator: ", ")))"
    }
}
