internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGPack
internal import RIGSandbox

extension Command {
    static let initialize = Command(
        name: "init", synopsis: "", summary: "make this folder a RIG folder: writes rig.yaml",
        details: """
            Probes what this machine can enforce and writes the strongest sandbox level that
            holds. Changes nothing where a rig.yaml stands already.
            """,
        options: [.config, .json],
        examples: ["rig init", "rig init --config ./agent/rig.yaml"],
        run: initializeFolder)

    @RequestLoop
    private static func initializeFolder(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let path = Path.join(try Facts.workingDirectory(), arguments["config"] ?? "rig.yaml")
        if try FileStatus.ifPresent(path) != nil {
            throw Failure(
                path, "is there already", hint: "edit it, or remove it first", type: "exists")
        }
        let level = try await Workplace.machine().facts.strongestLevel
        guard level > .none else {
            throw Failure(
                "sandbox", "this kernel can enforce no sandbox (Landlock and seccomp are needed)",
                hint: "to run packs unconfined, write rig.yaml yourself with sandbox.level: none",
                type: "sandbox")
        }
        let text = Config.initialText(sandbox: level == .strict ? .strict : .standard)
        try File.replaceAtomically(path, with: Array(text.utf8), mode: 0o644)
        _ = try Workplace(configPath: path).stateFolder()
        if console.isJSON {
            let value: JSONValue = [
                "ok": true, "config": .string(path), "sandbox": .string(level.name),
            ]
            console.out(value.text + "\n")
        } else {
            console.out("wrote \(path)\n")
            console.out("sandbox: \(level.name), the strongest level this machine can enforce\n")
            console.out("next: rig add path DIR\n")
        }
        return .success
    }
}
