package import RIGConfig
internal import RIGEgress
internal import RIGJSON
internal import RIGLinux
package import RIGLoop
package import RIGModel
package import RIGPipeline
internal import RIGPolicy
package import RIGRegistry
internal import RIGSandbox
internal import RIGSecret
package import RIGWorker

/// From rig.yaml to a snapshot that serves: every pack is read, described in the jail and checked;
/// one that fails is left out with its reason, and the others do not notice.
///
///     config ──► PackFolder ──► WorkerPlan ──► description ──► tools ──► LiveSnapshot
@RequestLoop
package struct SnapshotBuilder {
    private let config: Config
    private let machine: Machine
    private let run: WorkRun
    /// What serves already; packs of it that have not changed are not started again.
    private let mounts: Mounts
    private let log: @Sendable (WorkerLogLine) -> Void

    package init(
        _ config: Config, _ machine: Machine, run: WorkRun, after mounts: Mounts = Mounts(),
        log: @escaping @Sendable (WorkerLogLine) -> Void
    ) {
        self.config = config
        self.machine = machine
        self.run = run
        self.mounts = mounts
        self.log = log
    }

    /// A snapshot, and what the next one may take over from it.
    package struct Built {
        package let snapshot: LiveSnapshot
        package let mounts: Mounts
    }

    /// A pack that can be mounted: what it says, checked, and the worker that said it.
    package struct Loaded {
        package let pack: MountedPack
        let origin: PackOrigin
        package let metadata: PackMetadata
        package let tools: [Tool]
        /// What workers that serve run with, grants included.
        var plan: WorkerPlan
        var secrets = PackSecrets.none
        /// The worker that described the pack had no grants: where there are any, it cannot serve.
        var isDescriberFit = true
        let said: PackDescription.Said
        /// nil for a pack that has not changed.
        var description: PackDescription?
        /// What serves a pack that has not changed.
        var service: PackService?

        /// Slots that the pack or one of its tools asks for.
        var slots: Set<String> {
            Set(
                metadata.capabilities.secrets
                    + tools.flatMap { $0.definition.authSlots.map(\.slot) })
        }

        /// Ends the worker; for a pack that is looked at and not served.
        @RequestLoop
        package func dismiss() { description?.dismiss() }
    }

    /// A pack whose folder was read; its code was not.
    private struct Settled {
        let pack: PackConfig
        let plan: WorkerPlan
        let folder: PackFolder
    }

    /// Loads the packs, side by side, and puts what loaded into one snapshot.
    /// - Throws: What is wrong with the policy: a rule that cannot do what it says is no rule to
    ///   serve under. A pack that fails is no error, it is in the snapshot's `failures`.
    package func build(
        _ selection: PackSelection = .all
    ) async throws(ConfigErrors) -> Built {
        let policy = try Self.policy(config)
        var failures: [String: RTPError] = [:]
        let settled = await settleAll(&failures)
        let (wanted, patience) = choose(selection, settled, failures)
        let served = await loadAll(wanted, patience, &failures)
        let loaded = Self.withoutRivals(served, &failures)
        let snapshot = Snapshot(
            packs: loaded.map(\.pack), tools: loaded.flatMap(\.tools))
        do throws(ConfigErrors) {
            try Self.lint(policy, config, snapshot)
        } catch {
            for one in loaded { one.dismiss() }
            throw error
        }
        var services: [String: PackService] = [:]
        var mounts = Mounts()
        for one in loaded {
            let service = one.service ?? service(one)
            services[one.pack.namespace.text] = service
            mounts.add(one, service)
        }
        let live = LiveSnapshot(
            snapshot, packs: services, policy: policy, failures: failures,
            approvals: ApprovalTerms(
                policy: policy.digest,
                lifetimeMilliseconds: config.policy.approvalTTLMilliseconds))
        return Built(snapshot: live, mounts: mounts)
    }

    /// Leaves out packs that share a namespace: a call would reach the one while the other's schema
    /// and risk decide on it. Only an `as` of rig.yaml is certain; a namespace that follows from
    /// the manifest is the pack's own word, and counts while nobody else says the same.
    private static func withoutRivals(
        _ served: [(PackConfig, Loaded)], _ failures: inout [String: RTPError]
    ) -> [Loaded] {
        var counts: [Namespace: Int] = [:]
        for (_, one) in served { counts[one.pack.namespace, default: 0] += 1 }
        var loaded: [Loaded] = []
        for (pack, one) in served {
            let namespace = one.pack.namespace
            if pack.alias == nil, counts[namespace, default: 0] > 1 {
                failures[pack.name] = PackFault.namespaceTaken(namespace).error
                one.dismiss()
            } else {
                loaded.append(one)
            }
        }
        return loaded
    }

    /// Reads the folders of all packs: only they say which namespace is whose.
    private func settleAll(_ failures: inout [String: RTPError]) async -> [Settled] {
        var running: [(PackConfig, Task<Result<Settled, PackFault>, Never>)] = []
        for pack in config.packs {
            running.append(
                (
                    pack,
                    RequestLoop.start { () -> Result<Settled, PackFault> in
                        do throws(PackFault) {
                            let (plan, folder) = try await settle(pack)
                            return .success(Settled(pack: pack, plan: plan, folder: folder))
                        } catch {
                            return .failure(error)
                        }
                    }
                ))
        }
        var settled: [Settled] = []
        for (pack, task) in running {
            switch await task.value {
            case .success(let one): settled.append(one)
            case .failure(let fault): failures[pack.namespace?.text ?? pack.name] = fault.error
            }
        }
        return settled
    }

    /// The packs that are meant, and how long each may take.
    private func choose(
        _ selection: PackSelection, _ settled: [Settled], _ failures: [String: RTPError]
    ) -> ([Settled], patienceMilliseconds: Int?) {
        guard let names = selection.namespaces else {
            return (settled, selection.patienceMilliseconds)
        }
        let meant = settled.filter { names.contains($0.plan.namespace.text) }
        let known = Set(settled.map(\.plan.namespace.text)).union(failures.keys)
        guard names.isSubset(of: known) else { return (settled, Limits.packPatienceMilliseconds) }
        return (meant, selection.patienceMilliseconds)
    }

    private func loadAll(
        _ wanted: [Settled], _ patience: Int?, _ failures: inout [String: RTPError]
    ) async -> [(PackConfig, Loaded)] {
        var running: [(Settled, Task<Result<Loaded, PackFault>, Never>)] = []
        for one in wanted {
            running.append(
                (
                    one,
                    RequestLoop.start { () -> Result<Loaded, PackFault> in
                        do throws(PackFault) {
                            return .success(try await load(one, patience))
                        } catch {
                            return .failure(error)
                        }
                    }
                ))
        }
        var served: [(PackConfig, Loaded)] = []
        for (one, task) in running {
            switch await task.value {
            case .success(let loaded): served.append((one.pack, loaded))
            case .failure(let fault): failures[one.plan.namespace.text] = fault.error
            }
        }
        return served
    }

    /// Loads one pack; the caller serves or dismisses it.
    package func load(_ pack: PackConfig) async throws(PackFault) -> Loaded {
        let (plan, folder) = try await settle(pack)
        return try await load(Settled(pack: pack, plan: plan, folder: folder), nil)
    }

    private func load(
        _ settled: Settled, _ patienceMilliseconds: Int?
    ) async throws(PackFault) -> Loaded {
        let (pack, plan) = (settled.pack, settled.plan)
        let origin = PackOrigin(pack, settled.folder, plan)
        if let mount = mounts.find(origin), try await hasSameSecrets(mount, pack) {
            var loaded = try Self.check(mount.said, pack, mount.plan, origin)
            loaded.secrets = mount.secrets
            loaded.service = mount.service
            return loaded
        }
        let description: PackDescription
        do throws(StartFailure) {
            description = try await PackDescription.ask(
                plan, patienceMilliseconds: patienceMilliseconds)
        } catch {
            if case .ended(.late(let milliseconds)) = error.cause, patienceMilliseconds != nil {
                throw .loading(milliseconds: milliseconds)
            }
            throw .start(error)
        }
        do throws(PackFault) {
            var loaded = try Self.check(description.said, pack, plan, origin)
            loaded.description = description
            await remember(description.said, settled.folder)
            return try await grant(loaded, pack)
        } catch {
            description.dismiss()
            throw error
        }
    }

    private func remember(_ said: PackDescription.Said, _ folder: PackFolder) async {
        let memory = DescriptionMemory(stateFolder: run.stateFolder)
        await RequestLoop.offload { memory.keep(said, of: folder.digest) }
    }

    /// What workers of a pack run with; for a benchmark that starts one by itself.
    package func plan(_ pack: PackConfig) async throws(PackFault) -> WorkerPlan {
        try await settle(pack).0
    }

    private func grant(
        _ loaded: Loaded, _ pack: PackConfig
    ) async throws(PackFault) -> Loaded {
        guard
            !pack.grants.secrets.isEmpty || !pack.grants.net.isEmpty
                || !loaded.metadata.capabilities.fs.isEmpty
        else { return loaded }
        let (plan, machine, run) = (loaded.plan, machine, run)
        let (folders, slots) = (loaded.metadata.capabilities.fs, loaded.slots)
        let tools = loaded.tools.map(\.definition)
        let name = EgressPack(
            namespace: plan.namespace.text, name: loaded.pack.name, version: loaded.pack.version)
        var loaded = loaded
        (loaded.plan, loaded.secrets) = try await RequestLoop.offload { () throws(PackFault) in
            var (plan, secrets) = try Self.grant(pack.grants, folders, slots, plan, machine, run)
            try Self.grantEgress(pack.grants, secrets, tools, name, machine, &plan)
            return (plan, secrets)
        }
        loaded.isDescriberFit = false
        return loaded
    }

    /// Whoever changes a secret at its source and reloads wants the new one used.
    private func hasSameSecrets(
        _ mount: Mounts.Mount, _ pack: PackConfig
    ) async throws(PackFault) -> Bool {
        guard !pack.grants.secrets.isEmpty else { return true }
        let (machine, slots) = (machine, mount.slots)
        let secrets = try await RequestLoop.offload { () throws(PackFault) in
            try Self.secrets(pack.grants, slots, machine)
        }
        return secrets.digest == mount.secrets.digest
    }

    private func settle(_ pack: PackConfig) async throws(PackFault) -> (WorkerPlan, PackFolder) {
        let (config, machine, run, log) = (config, machine, run, log)
        return try await RequestLoop.offload { () throws(PackFault) in
            try Self.plan(pack, config, machine, run: run, log: log)
        }
    }

    private func service(_ loaded: Loaded) -> PackService {
        let pool = WorkerPool(loaded.plan)
        if loaded.isDescriberFit, let description = loaded.description {
            pool.adopt(description)
        } else {
            loaded.dismiss()
        }
        pool.warm()
        return PackService(
            pool: pool, timeoutMilliseconds: loaded.plan.timeoutMilliseconds,
            inputBytesMax: loaded.plan.inputBytesMax, outputBytesMax: loaded.plan.outputBytesMax,
            sandbox: loaded.plan.sandboxName, secrets: loaded.secrets)
    }
}
