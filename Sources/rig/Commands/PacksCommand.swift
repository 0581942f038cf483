internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGRegistry

extension Command {
    static let packs = Command(
        name: "packs", synopsis: "", summary: "show the mounted packs and whether they serve",
        options: [.patience, .config, .json], examples: ["rig packs", "rig packs --json"],
        run: showPacks)

    @RequestLoop
    private static func showPacks(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let place = try Workplace.find(arguments)
        console.progress("starting the packs …")
        let sidecar = try await Sidecar.open(place, try arguments.patience())
        console.progress("")
        let live = sidecar.gateway.snapshot
        if console.isJSON {
            console.out(json(live).text + "\n")
        } else {
            let isEmpty = live.snapshot.packs.isEmpty && live.failures.isEmpty
            console.out(isEmpty ? "no packs yet: rig add path DIR\n" : table(live))
        }
        try await sidecar.close()
        return .success
    }

    @RequestLoop
    private static func table(_ live: LiveSnapshot) -> String {
        var table = Table("NAMESPACE", "PACK", "VERSION", "SOURCE", "TOOLS", "STATE")
        for pack in live.snapshot.packs {
            let count = live.snapshot.tools.count { $0.pack.namespace == pack.namespace }
            table.add(
                pack.namespace.text, pack.name, pack.version, pack.source.rawValue, String(count),
                "serving")
        }
        for (namespace, error) in live.failures.sorted(by: { $0.key < $1.key }) {
            table.add(namespace, "-", "-", "-", "0", "\(state(error)): \(error.message)")
        }
        return table.text
    }

    /// One that is slow may yet come.
    private static func state(_ error: RTPError) -> String {
        error.code == RTPError.loadingCode ? "loading" : "failed"
    }

    @RequestLoop
    private static func json(_ live: LiveSnapshot) -> JSONValue {
        let serving: [JSONValue] = live.snapshot.packs.map { pack in
            let tools = live.snapshot.tools.filter { $0.pack.namespace == pack.namespace }
            return [
                "namespace": .string(pack.namespace.text), "pack": .string(pack.name),
                "version": .string(pack.version), "source": .string(pack.source.rawValue),
                "digest": .string(pack.digest.hex), "state": "serving",
                "tools": .array(tools.map { .string($0.name) }),
            ]
        }
        let failed: [JSONValue] = live.failures.sorted { $0.key < $1.key }.map { name, error in
            [
                "namespace": .string(name), "state": .string(state(error)),
                "error": [
                    "type": .string(error.type.rawValue), "message": .string(error.message),
                ],
            ]
        }
        return [
            "ok": true, "snapshot": .string(live.snapshot.interfaceHash.hex),
            "pack_set_version": .string(live.snapshot.packSetVersion.hex),
            "packs": .array(serving + failed),
        ]
    }
}
