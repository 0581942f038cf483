internal import RIGConfig
internal import RIGDoctor
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGPack
internal import RIGSandbox

extension Command {
    static let doctor = Command(
        name: "doctor", synopsis: "",
        summary: "check this machine and installation; with --sandbox, try to escape",
        details: """
            Without --sandbox: interpreters, libraries, rig.yaml, state, disk, and what this
            machine can enforce, found by doing it.
            With --sandbox: runs some hundred escape attempts in a real worker of each runtime and
            says what was denied and by which layer. Exit status 1 when the level does not hold.
            """,
        options: [
            .toggle("sandbox", "try to escape from a real worker of each runtime"),
            .value("level", "LEVEL", "try strict, standard or none instead of rig.yaml's level"),
            .value("runtime", "NAME", "try python or node alone"),
            .toggle("light", "leave out attempts that use up memory, disk and threads"),
            .toggle("granted", "try from a worker that has network egress and a data folder"),
            .toggle("all", "with --sandbox, show every attempt"), .config, .json,
        ],
        examples: ["rig doctor", "rig doctor --sandbox", "rig doctor --sandbox --level standard"],
        run: examine)

    @RequestLoop
    private static func examine(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let machine = try await Workplace.machine()
        var findings = DoctorFindings()
        let place = findings.place(arguments)
        let config = place.flatMap { findings.config($0) }
        let level = try chosenLevel(arguments, config, machine)
        if arguments.has("sandbox") {
            return try await tryToEscape(arguments, console, machine, level, config)
        }
        let runners = try runners(config)
        let more = await RequestLoop.offload {
            DoctorFindings.machine(machine, runners)
                + MachineChecks.all(machine.facts, level: level)
        }
        findings.checks += more
        if let place { findings.state(place) }
        console.out(console.isJSON ? DoctorText.json(findings.checks).text + "\n" : findings.table)
        return findings.isHealthy ? .success : .failure
    }

    /// --level, else rig.yaml's, else what `rig init` would write.
    private static func chosenLevel(
        _ arguments: Arguments, _ config: Config?, _ machine: Machine
    ) throws -> SandboxLevel {
        if let name = arguments["level"] {
            guard let level = SandboxLevel(name: name) else {
                throw UsageError("--level is strict, standard or none", nil)
            }
            return level
        }
        switch config?.sandbox.level {
        case .strict: return .strict
        case .standard: return .standard
        case .some(.none): return .none
        case nil: return machine.facts.strongestLevel
        }
    }

    /// rig.yaml's, else those of a new one.
    private static func runners(_ config: Config?) throws -> RunnersConfig {
        if let config { return config.runners }
        let text = Config.initialText(sandbox: .standard)
        return try Config.parse(text.utf8, file: "rig.yaml").runners
    }

    @RequestLoop
    private static func tryToEscape(
        _ arguments: Arguments, _ console: Console, _ machine: Machine, _ level: SandboxLevel,
        _ config: Config?
    ) async throws -> ExitCode {
        let runners = try runners(config)
        let trial = SandboxTrial(
            level: level, machine: machine, runners: runners, isHeavy: !arguments.has("light"),
            isGranted: arguments.has("granted"))
        var results: [(Interpreter.Runtime, Result<TrialReport, TrialFault>)] = []
        for runtime in try runtimes(arguments, runners) {
            console.progress("trying to escape from a \(runtime.rawValue) worker …")
            do throws(TrialFault) {
                results.append((runtime, .success(try await trial.run(runtime))))
            } catch {
                results.append((runtime, .failure(error)))
            }
            console.progress("")
        }
        let report = TrialText(level: level, results: results, isLong: arguments.has("all"))
        console.out(console.isJSON ? report.json.text + "\n" : report.words)
        return report.holds ? .success : .failure
    }

    private static func runtimes(
        _ arguments: Arguments, _ runners: RunnersConfig
    ) throws -> [Interpreter.Runtime] {
        if let name = arguments["runtime"] {
            guard let runtime = Interpreter.Runtime(rawValue: name) else {
                throw UsageError("--runtime is python or node", nil)
            }
            return [runtime]
        }
        return Interpreter.Runtime.allCases.filter { runtime in
            let runner = runtime == .python ? runners.python : runners.node
            // A runner that somebody else supervises is confined by them.
            if case .unix = runner.address { return false }
            return runner.isEnabled
        }
    }
}
