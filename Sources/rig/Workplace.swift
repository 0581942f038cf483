internal import RIGConfig
internal import RIGLinux
internal import RIGLoop
internal import RIGPack
internal import RIGWorker

/// The RIG folder a command works on: rig.yaml and the state beside it.
struct Workplace: Sendable {
    let configPath: String

    /// By --config, RIG_CONFIG, or the nearest rig.yaml upwards.
    static func find(_ arguments: Arguments) throws -> Workplace {
        let folder = try Facts.workingDirectory()
        let found = Config.find(
            named: arguments["config"], environment: Environment.all(), from: folder)
        guard let found else {
            throw Failure(
                "rig.yaml", "there is none in \(folder) or above it", hint: "write one: rig init",
                code: .usage, type: "config")
        }
        return Workplace(configPath: Path.join(folder, found))
    }

    /// `.rig`, private, made when it is not there.
    func stateFolder() throws -> String {
        let path = Path.join(Path.parent(configPath), ".rig")
        try Directory.makeAll(path, mode: 0o700)
        let status = try FileStatus.of(path)
        // Whoever can write here can approve, and put what he likes where RIG will write.
        guard status.userID == Facts.effectiveUserID() else {
            throw Failure(
                path, "belongs to user \(status.userID) and not to the one that runs rig",
                hint: "run rig as its owner, or remove it", type: "state")
        }
        guard status.mode & 0o022 == 0 else {
            throw Failure(
                path, "others can write to it", hint: "chmod 700 \(ShellWord.quoted(path))",
                type: "state")
        }
        return path
    }

    func database() throws -> String {
        Path.join(try stateFolder(), "state.db")
    }

    func config() throws -> Config {
        try Config.load(path: configPath)
    }

    /// Probes the machine; off the loop, since it blocks.
    static func machine() async throws -> Machine {
        try await RequestLoop.offload {
            let environment = Environment.all()
            let installation = try Installation.find(
                program: try Facts.executablePath(), home: environment["RIG_HOME"])
            return try Machine(installation, environment: environment)
        }
    }
}

/// Lines that workers write, on stderr, when RIG_LOG asks for them.
enum WorkerLog {
    private static let levels = ["debug", "info", "warning", "error"]

    /// Writes lines of RIG_LOG's level and above; without it none.
    static func sink() -> @Sendable (WorkerLogLine) -> Void {
        guard let wanted = Environment.get("RIG_LOG"), let least = levels.firstIndex(of: wanted)
        else { return { _ in } }
        return { line in
            guard (levels.firstIndex(of: line.level) ?? 1) >= least else { return }
            let text = Printable.escaped(line.text)
            Terminal.report("rig: [\(line.level)] \(line.namespace)[\(line.pid)]: \(text)\n")
        }
    }
}
