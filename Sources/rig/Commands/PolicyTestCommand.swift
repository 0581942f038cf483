internal import RIGConfig
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGPolicy
internal import RIGRegistry

extension Command {
    static let policyTest = Command(
        name: "policy test", synopsis: "FILE", summary: "hold the policy against a list of cases",
        details: """
            FILE is a list in YAML or JSON of {tool, args, tenant, actor, effect, rule}; tool and
            effect are needed. Without args the effect is what can be said before they are known,
            `depends` included. Exit status 1 when a case is decided otherwise. Nothing is called.

              - {tool: shop.refund, args: {amount: 10}, actor: ann, effect: allow}
              - {tool: shop.refund, effect: depends}
            """,
        options: [.config, .json],
        examples: ["rig policy test policy-cases.yaml", "rig policy test cases.json --json"],
        run: testPolicy)

    /// A case that was decided otherwise than it says.
    private struct Mismatch {
        let one: PolicyCase
        let got: String
    }

    @RequestLoop
    private static func testPolicy(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.count == 1 else {
            throw UsageError("needs one file of cases", "rig policy test policy-cases.yaml")
        }
        let place = try Workplace.find(arguments)
        let cases = try PolicyCases.load(path: arguments.rest[0])
        console.progress("starting the packs …")
        let sidecar = try await Sidecar.open(place, .serving(cases.map(\.tool)))
        console.progress("")
        let live = sidecar.gateway.snapshot
        let mismatches = cases.compactMap { one in
            judge(one, live).map { Mismatch(one: one, got: $0) }
        }
        try await sidecar.close()
        show(mismatches, count: cases.count, console)
        return mismatches.isEmpty ? .success : .failure
    }

    /// What came of a case instead of what it says; nil when it holds.
    @RequestLoop
    private static func judge(_ one: PolicyCase, _ live: LiveSnapshot) -> String? {
        guard let route = live.route(one.tool) else { return live.unknown(one.tool).message }
        guard route.tool.isEnabled else { return "the tool is disabled" }
        if let violation = one.args.flatMap({ route.tool.input.report($0, max: 1).first }) {
            return "not decided: \(violation.pointer) \(violation.message)"
        }
        let caller = PolicyCaller(
            tenant: one.tenant ?? "default", actor: one.actor ?? "cli")
        let forecast: Forecast
        do throws(JSONError) {
            forecast = try live.policy.explain(PolicyTool(route.tool), caller, one.args).forecast
        } catch {
            return "not decided: \(error)"
        }
        let rules = forecast.decisions.map(\.rule)
        let isAsSaid =
            forecast.word == one.effect.rawValue && one.rule.map { rules == [$0] } ?? true
        return isAsSaid ? nil : "\(forecast.word) by \(rules.joined(separator: ", "))"
    }

    private static func show(_ mismatches: [Mismatch], count: Int, _ console: Console) {
        if console.isJSON {
            let value: JSONValue = [
                "ok": .bool(mismatches.isEmpty), "cases": .number(JSONNumber(count)),
                "mismatches": .array(mismatches.map(json)),
            ]
            return console.out(value.text + "\n")
        }
        if !mismatches.isEmpty {
            var table = Table("LINE", "TOOL", "WANTED", "GOT")
            for mismatch in mismatches {
                table.add(
                    String(mismatch.one.place.line), mismatch.one.tool, wanted(mismatch.one),
                    mismatch.got)
            }
            console.out(table.text + "\n")
        }
        console.out("\(count) cases, \(mismatches.count) decided otherwise\n")
    }

    private static func wanted(_ one: PolicyCase) -> String {
        one.effect.rawValue + (one.rule.map { " by \($0)" } ?? "")
    }

    private static func json(_ mismatch: Mismatch) -> JSONValue {
        [
            "line": .number(JSONNumber(mismatch.one.place.line)),
            "tool": .string(mismatch.one.tool), "wanted": .string(wanted(mismatch.one)),
            "got": .string(mismatch.got),
        ]
    }
}
