internal import RIGJSON
internal import RIGLoop
internal import RIGModel

extension Command {
    static let version = Command(
        name: "version", synopsis: "", summary: "show the version of rig and of its protocols",
        options: [.json], examples: ["rig version", "rig version --json"],
        run: showVersion)

    /// Of this program; the protocols have versions of their own.
    static let programVersion = "0.1.0"

    @RequestLoop
    private static func showVersion(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "rig": .string(programVersion),
                "rtp": .string(ToolDefinition.rtpVersion),
                "rsp": .string(PackMetadata.rspVersion), "worker_protocol": 1,
            ]
            console.out(value.text + "\n")
        } else {
            console.out("rig \(programVersion)\n")
        }
        return .success
    }
}
