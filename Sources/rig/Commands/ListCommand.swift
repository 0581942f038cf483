internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGPolicy
internal import RIGRegistry

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
        console.progress("starting the packs …")
        let sidecar = try await Sidecar.open(place, try arguments.patience())
        console.progress("")
        let live = sidecar.gateway.snapshot
        let shown = live.routes.filter { $0.tool.isEnabled || arguments.has("all") }
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "snapshot": .string(live.snapshot.interfaceHash.hex),
                "tools": .array(shown.map { json($0, caller) }),
            ]
            console.out(value.text + "\n")
        } else {
            console.out(table(shown, caller))
        }
        for (namespace, error) in live.failures.sorted(by: { $0.key < $1.key }) {
            console.note("rig: pack \(namespace): \(Printable.lines(error.message))\n")
        }
        try await sidecar.close()
        return .success
    }

    @RequestLoop
    private static func table(_ routes: [Route], _ caller: PolicyCaller) -> String {
        guard !routes.isEmpty else { return "no tools yet: rig add path DIR\n" }
        var table = Table("TOOL", "RISK", "POLICY", "DESCRIPTION")
        for route in routes {
            let definition = route.tool.definition
            table.add(
                route.tool.name, definition.risk.rawValue, policy(route, caller),
                firstSentence(of: definition))
        }
        return table.text
    }

    @RequestLoop
    private static func policy(_ route: Route, _ caller: PolicyCaller) -> String {
        guard route.tool.isEnabled else { return "disabled" }
        let forecast = route.decision.forecast(caller)
        guard forecast.effect == nil else { return forecast.word }
        let effects = forecast.effects.map(\.rawValue).joined(separator: ", ")
        return "\(forecast.word) (\(effects))"
    }

    @RequestLoop
    private static func json(_ route: Route, _ caller: PolicyCaller) -> JSONValue {
        guard case .object(var object) = route.tool.definition.encoded else { return .null }
        let forecast = route.decision.forecast(caller)
        object["name"] = .string(route.tool.name)
        object["pack"] = .string(route.tool.pack.name)
        object["pack_version"] = .string(route.tool.pack.version)
        object["policy"] = .string(route.tool.isEnabled ? forecast.word : "disabled")
        object["policy_effects"] = .array(forecast.effects.map { .string($0.rawValue) })
        return .object(object)
    }
}
