package import RIGConfig
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
    private let log: @Sendable (WorkerLogLine) -> Void

    package init(
        _ config: Config, _ machine: Machine, run: WorkRun,
        log: @escaping @Sendable (WorkerLogLine) -> Void
    ) {
        self.config = config
        self.machine = machine
        self.run = run
        self.log = log
    }

    /// A pack that can be mounted: what it says, checked, and the worker that said it.
    package struct Loaded {
        package let pack: MountedPack
        package let metadata: PackMetadata
        package let tools: [Tool]
        /// What workers that serve run with, grants included.
        var plan: WorkerPlan
        var secrets = PackSecrets.none
        /// The worker that described the pack had no grants: where there are any, it cannot serve.
        var isDescriberFit = true
        let description: PackDescription

        /// Ends the worker; for a pack that is looked at and not served.
        @RequestLoop
        package func dismiss() { description.dismiss() }
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
    ) async throws(ConfigErrors) -> LiveSnapshot {
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
        for one in loaded { services[one.pack.namespace.text] = service(one) }
        return LiveSnapshot(
            snapshot, packs: services, policy: policy, failures: failures,
            approvals: ApprovalTerms(
                policy: policy.digest,
                lifetimeMilliseconds: config.policy.approvalTTLMilliseconds))
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
            return try await grant(
                try Self.check(description, pack, plan, settled.folder), pack)
        } catch {
            description.dismiss()
            throw error
        }
    }

    /// What workers of a pack run with; for a benchmark that starts one by itself.
    package func plan(_ pack: PackConfig) async throws(PackFault) -> WorkerPlan {
        try await settle(pack).0
    }

    private func grant(
        _ loaded: Loaded, _ pack: PackConfig
    ) async throws(PackFault) -> Loaded {
        guard !pack.grants.secrets.isEmpty || !loaded.metadata.capabilities.fs.isEmpty else {
            return loaded
        }
        let (plan, machine, run) = (loaded.plan, machine, run)
        let asked = loaded.metadata.capabilities
        let slots = asked.secrets + loaded.tools.flatMap { $0.definition.authSlots.map(\.slot) }
        var loaded = loaded
        (loaded.plan, loaded.secrets) = try await RequestLoop.offload { () throws(PackFault) in
            try Self.grant(pack.grants, asked.fs, Set(slots), plan, machine, run)
        }
        loaded.isDescriberFit = false
        return loaded
    }

    private func settle(_ pack: PackConfig) async throws(PackFault) -> (WorkerPlan, PackFolder) {
        let (config, machine, run, log) = (config, machine, run, log)
        return try await RequestLoop.offload { () throws(PackFault) in
            try Self.plan(pack, config, machine, run: run, log: log)
        }
    }

    private func service(_ loaded: Loaded) -> PackService {
        let pool = WorkerPool(loaded.plan)
        if loaded.isDescriberFit {
            pool.adopt(loaded.description)
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
