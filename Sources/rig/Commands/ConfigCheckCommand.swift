internal import RIGConfig
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGPolicy

extension Command {
    static let configCheck = Command(
        name: "config check", synopsis: "", summary: "say all that is wrong with rig.yaml",
        details: """
            Reads rig.yaml and holds the policy's rules against each other and against the packs
            that are named. With --packs the packs are started, and the rules are held against
            their tools. Exit status 2 when something is wrong.
            """,
        options: [
            .toggle("packs", "start the packs and hold the rules against their tools"), .config,
            .json,
        ],
        examples: ["rig config check", "rig config check --packs --json"],
        run: checkConfig)

    @RequestLoop
    private static func checkConfig(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let place = try Workplace.find(arguments)
        do {
            let config = try place.config()
            let policy = try SnapshotBuilder.policy(config)
            if arguments.has("packs") { try await startPacks(place, config, console) }
            report(place, config, rules: policy.source.rules.count, console)
            return .success
        } catch let errors as ConfigErrors {
            report(errors, console)
            return .usage
        }
    }

    /// What a start would find wrong, a pack that cannot be mounted included.
    @RequestLoop
    private static func startPacks(
        _ place: Workplace, _ config: Config, _ console: Console
    ) async throws {
        console.progress("starting the packs …")
        let sidecar = try await Sidecar.open(place)
        console.progress("")
        let failures = sidecar.gateway.snapshot.failures
        try await sidecar.close()
        let errors = failures.sorted { $0.key < $1.key }.map { name, error in
            // The namespace that a manifest gives need not follow from the entry.
            let pack = config.packs.first { ($0.namespace?.text ?? $0.name) == name }
            return ConfigError(
                file: config.file, line: pack?.place.line ?? 1, column: pack?.place.column ?? 1,
                what: "pack \(name)", why: error.message, hint: error.remediation)
        }
        if !errors.isEmpty { throw ConfigErrors(errors) }
    }

    private static func report(
        _ place: Workplace, _ config: Config, rules: Int, _ console: Console
    ) {
        guard console.isJSON else {
            return console.out(
                "\(place.configPath): ok (packs: \(config.packs.count), rules: \(rules))\n")
        }
        let value: JSONValue = [
            "ok": true, "config": .string(place.configPath),
            "packs": .number(JSONNumber(config.packs.count)), "rules": .number(JSONNumber(rules)),
        ]
        console.out(value.text + "\n")
    }

    private static func report(_ errors: ConfigErrors, _ console: Console) {
        if console.isJSON {
            let value: JSONValue = [
                "ok": false, "truncated": .bool(errors.isTruncated),
                "errors": .array(errors.errors.map(json)),
            ]
            console.out(value.text + "\n")
        }
        for error in errors.errors {
            console.note("rig: \(Printable.lines(error.description))\n")
            if let hint = error.hint { console.note("hint: \(Printable.lines(hint))\n") }
        }
        if errors.isTruncated { console.note("rig: there is more\n") }
    }

    private static func json(_ error: ConfigError) -> JSONValue {
        var object: JSONObject = [
            "file": .string(error.file), "line": .number(JSONNumber(error.line)),
            "column": .number(JSONNumber(error.column)), "what": .string(error.what),
            "message": .string(error.why),
        ]
        object["hint"] = error.hint.map { .string($0) }
        return .object(object)
    }
}
