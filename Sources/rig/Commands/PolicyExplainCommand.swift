internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGPolicy
internal import RIGRegistry

extension Command {
    static let policyExplain = Command(
        name: "policy explain", synopsis: "TOOL [ARGS]",
        summary: "say which rule decides a call, and why the earlier ones do not",
        details: """
            ARGS is a JSON object; @FILE reads it from a file and - from standard input. Without
            it every decision that some arguments can lead to is shown. Nothing is called.
            """,
        options: [.tenant, .actor, .config, .json],
        examples: [
            #"rig policy explain shop.refund '{"amount": 5000}'"#,
            "rig policy explain shop.refund --tenant acme --json",
        ],
        run: explainPolicy)

    @RequestLoop
    private static func explainPolicy(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard let name = arguments.rest.first, arguments.rest.count <= 2 else {
            throw UsageError(
                "needs a tool and at most one argument text",
                "rig policy explain shop.refund '{}'")
        }
        let args = try arguments.rest.dropFirst().first.map(policyArguments)
        let caller = try PolicyCaller(arguments)
        let place = try Workplace.find(arguments)
        console.progress("starting the packs …")
        let sidecar = try await Sidecar.open(place, .serving([name]))
        console.progress("")
        let live = sidecar.gateway.snapshot
        guard let route = live.route(name) else {
            try await sidecar.close()
            throw Failure(
                name, live.unknown(name).message, hint: "`rig list --all` shows the tools",
                type: ErrorType.toolNotFound.rawValue)
        }
        let text = PolicyText(
            tool: route.tool, caller: caller, args: args,
            explanation: try live.policy.explain(PolicyTool(route.tool), caller, args))
        console.out(console.isJSON ? text.json.text + "\n" : text.words)
        try await sidecar.close()
        return .success
    }

    /// The arguments of a call as a value: they are looked at, not sent.
    private static func policyArguments(_ text: String) throws -> JSONValue {
        let buffer = try readArguments(text)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(buffer, buffer.range)
        } catch {
            throw Failure(
                "arguments", "\(error.code.text) at byte \(error.offset)", code: .usage,
                type: ErrorType.invalidRequest.rawValue)
        }
        guard value.object != nil else {
            throw Failure(
                "arguments", "are no JSON object", code: .usage,
                type: ErrorType.invalidRequest.rawValue)
        }
        return value
    }
}
