internal import RIGConfig
internal import RIGJSON
internal import RIGLoop
internal import RIGModel

extension Command {
    static let removePath = Command(
        name: "remove path", synopsis: "NAME", summary: "unmount a pack from rig.yaml",
        details: "NAME is the pack's namespace, its package name or its folder.",
        options: [.config, .json],
        examples: ["rig remove path demo", "rig remove path ./my-pack"],
        run: unmount)

    @RequestLoop
    private static func unmount(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.count == 1 else {
            throw UsageError("needs one name", "rig remove path demo")
        }
        let name = arguments.rest[0]
        let place = try Workplace.find(arguments)
        var edit = try ConfigEdit(path: place.configPath)
        guard let index = edit.index(of: name) else {
            let known = edit.config.packs.compactMap { $0.namespace?.text }
            throw Failure(
                "pack \(name)", "is not in rig.yaml",
                hint: known.isEmpty
                    ? "no pack is mounted" : "mounted are: \(known.joined(separator: ", "))",
                type: "unknown_pack")
        }
        guard edit.config.packs[index].source == .path else {
            throw Failure(
                "pack \(name)", "was not mounted from a folder",
                hint: "rig remove \(edit.config.packs[index].source.rawValue) \(name)",
                type: "unknown_pack")
        }
        try edit.removePack(at: index)
        try edit.write()
        if console.isJSON {
            let value: JSONValue = ["ok": true, "removed": .string(name)]
            console.out(value.text + "\n")
        } else {
            console.out("removed \(name) from \(place.configPath)\n")
        }
        return .success
    }
}
