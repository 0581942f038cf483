internal import RIGConfig
internal import RIGLinux
internal import RIGPack
internal import RIGSandbox
internal import RIGWorker

/// A pack without grants, whose worker runs the probes instead of a runner.
struct ProbePack {
    let runtime: Interpreter.Runtime
    let folder: String
    var readOnlyFile: String { Path.join(folder, "granted.txt") }

    /// Writes the pack's manifest below `scratch`.
    init(_ runtime: Interpreter.Runtime, in scratch: String) throws(TrialFault) {
        self.runtime = runtime
        folder = Path.join(scratch, "pack")
        let (name, text) =
            switch runtime {
            case .python:
                (
                    "pyproject.toml",
                    """
                    [project]
                    name = "rig-pack-probe"
                    version = "1.0.0"

                    [project.entry-points."rig.packs"]
                    probe = "probe"

                    """
                )
            case .node:
                ("package.json", #"{"name": "rig-pack-probe", "version": "1.0.0"}"#)
            }
        do throws(Errno) {
            try File.makeDirectory(folder, mode: 0o755)
            // The worker may have another uid: what it may do is the jail's business alone.
            try File.setMode(folder, 0o755)
            try File.replaceAtomically(
                Path.join(folder, name), with: Array(text.utf8), mode: 0o644)
            try File.replaceAtomically(
                Path.join(folder, "index.js"), with: [], mode: 0o644)
            try File.replaceAtomically(
                Path.join(folder, "granted.txt"), with: Array("public\n".utf8), mode: 0o666)
        } catch {
            throw .scratch(error)
        }
    }

    /// The plan that RIG makes for this pack, with the probes in the runner's place.
    func plan(_ trial: SandboxTrial, _ scratch: String) throws(TrialFault) -> WorkerPlan {
        let state = Path.join(scratch, "state")
        let run: WorkRun
        do throws(Errno) {
            try File.makeDirectory(state)
            try File.setMode(state, 0o711)
            run = try WorkRun.begin(state)
        } catch {
            throw .scratch(error)
        }
        let config = try config(trial)
        var plan: WorkerPlan
        do throws(PackFault) {
            plan = try SnapshotBuilder.plan(of: config, trial.machine, run: run)
        } catch {
            throw .pack(error)
        }
        let probes = Path.join(trial.machine.installation.home, "runners/probes")
        let file =
            switch runtime {
            case .python: "escape.py"
            case .node: "escape.mjs"
            }
        plan.jail.arguments = plan.jail.arguments.dropLast() + [Path.join(probes, file)]
        plan.jail.readable.append(probes)
        return plan
    }

    /// A rig.yaml that mounts the pack and grants nothing.
    private func config(_ trial: SandboxTrial) throws(TrialFault) -> Config {
        let text = """
            version: 1
            packs:
              - path: "\(folder)"
                as: probe
            sandbox: {level: \(trial.level.name)}

            """
        do throws(ConfigErrors) {
            var config = try Config.parse(text.utf8, file: Path.join(folder, "rig.yaml"))
            config.runners = trial.runners
            return config
        } catch {
            throw .config(error)
        }
    }
}
