internal import RIGConfig
internal import RIGLinux
internal import RIGModel
internal import RIGSandbox
internal import RIGWorker

/// What a pack's workers run with, settled on the control plane.
extension SnapshotBuilder {
    /// Reads the folder, finds the interpreter, and turns grants into a jail. Blocks.
    nonisolated static func plan(
        _ pack: PackConfig, _ config: Config, _ machine: Machine, run: WorkRun,
        log: @escaping @Sendable (WorkerLogLine) -> Void
    ) throws(PackFault) -> (WorkerPlan, PackFolder) {
        guard let path = pack.path else { throw .unsupported("packs from \(pack.source.rawValue)") }
        let folder = try PackFolder.read(path)
        guard let namespace = pack.alias ?? folder.defaultNamespace else {
            throw .noNamespace(name: folder.name)
        }
        let runner = folder.runtime == .python ? config.runners.python : config.runners.node
        guard runner.isEnabled else { throw .runnerDisabled(folder.runtime) }
        // Whoever runs the pack: its secret files are read here.
        try SharedGround(config).refuse(pack)
        let host: WorkerPlan.Host
        switch runner.address {
        case .unix(let path):
            try refuseUnseen(pack, config, runner, folder.runtime.rawValue)
            host = .socket(path: path)
        case .spawn(let program):
            try refuseUnsupported(pack, config)
            host = try jailed(pack, folder, config, machine, run, namespace, program)
        }
        let plan = WorkerPlan(
            namespace: namespace,
            entry: WorkerPlan.PackEntry(root: folder.root, entry: folder.entry, name: folder.name),
            host: host, limits: limits(pack), timeoutMilliseconds: pack.limits.timeoutMilliseconds,
            inputBytesMax: pack.limits.inputBytesMax, outputBytesMax: pack.limits.outputBytesMax,
            log: log)
        return (plan, folder)
    }

    private nonisolated static func limits(_ pack: PackConfig) -> WorkerPlan.PoolLimits {
        var limits = WorkerPlan.PoolLimits()
        limits.workersMin = pack.limits.workersMin
        limits.workersMax = pack.limits.workersMax
        limits.isPerCall = pack.isolation == .perCall
        limits.concurrency = limits.isPerCall ? 1 : pack.limits.concurrentCallsMax
        limits.queueMax = pack.limits.queuedCallsMax
        return limits
    }

    /// Workers that RIG starts.
    private nonisolated static func jailed(
        _ pack: PackConfig, _ folder: PackFolder, _ config: Config, _ machine: Machine,
        _ run: WorkRun, _ namespace: Namespace, _ program: String
    ) throws(PackFault) -> WorkerPlan.Host {
        let interpreter: Interpreter
        do throws(SandboxError) {
            interpreter = try machine.interpreter(folder.runtime, named: program)
        } catch {
            throw .interpreter(name: program, error)
        }
        do throws(SandboxError) {
            let workFolder = try workFolder(run, namespace)
            return .jail(
                try jail(pack, folder, level(config), machine, interpreter, workFolder),
                try machine.jail(folder.runtime, allowsJIT: pack.allowsJIT),
                workFolder: workFolder)
        } catch {
            throw .sandbox(error)
        }
    }

    /// What rig.yaml may say and this version cannot hold is refused, never ignored.
    private nonisolated static func refuseUnsupported(
        _ pack: PackConfig, _ config: Config
    ) throws(PackFault) {
        try refuseEgress(pack.grants, at: level(config))
    }

    private nonisolated static func level(_ config: Config) -> SandboxLevel {
        switch config.sandbox.level {
        case .strict: .strict
        case .standard: .standard
        case .none: .none
        }
    }

    private nonisolated static func workFolder(
        _ run: WorkRun, _ namespace: Namespace
    ) throws(SandboxError) -> String {
        let folder = Path.join(run.folder, namespace.text)
        do throws(Errno) {
            try Directory.makeAll(folder)
        } catch {
            throw .system(.prepareWorkDirectory, error)
        }
        return folder
    }

    private nonisolated static func jail(
        _ pack: PackConfig, _ folder: PackFolder, _ level: SandboxLevel, _ machine: Machine,
        _ interpreter: Interpreter, _ workFolder: String
    ) throws(SandboxError) -> JailRequest {
        let memory = UInt64(pack.limits.memoryBytesMax)
        let runner = machine.installation.runner(folder.runtime)
        let options = interpreter.options(
            memoryBytes: memory, allowsNativeCode: pack.isNative, allowsJIT: pack.allowsJIT)
        var jail = JailRequest(
            level: level, interpreter: interpreter, arguments: options + [runner],
            environment: pack.grants.environment, workDirectory: workFolder,
            readable: [machine.installation.runnerFolder(folder.runtime), folder.root],
            limits: JailLimits(memoryBytes: memory))
        if pack.isNative { jail.native = [folder.root] }
        return jail
    }
}
