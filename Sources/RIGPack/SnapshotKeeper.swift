internal import RIGBytes
package import RIGConfig
internal import RIGLinux
package import RIGLoop
package import RIGModel
package import RIGPipeline
internal import RIGRegistry
package import RIGWorker

/// Keeps a gateway's snapshot true to rig.yaml: builds the next one beside it and swaps, or says
/// why not and changes nothing.
///
/// One build at a time; whoever asks during one gets the result of one more that begins after it,
/// so that no change is missed and no two builds race.
@RequestLoop
package final class SnapshotKeeper {
    /// How an attempt ended.
    package enum Outcome: Sendable {
        /// The new snapshot's interface hash, and whether a client sees other tools than before.
        case swapped(snapshot: String, hasOtherTools: Bool)
        /// rig.yaml cannot be served as it is.
        case invalid(ConfigErrors)
        /// Packs that the running snapshot serves, or that are new, and cannot be mounted.
        case failed([String: RTPError])
        /// This process is ending.
        case closed
    }

    package let gateway: Gateway
    /// What the last reload could not do; nil since one succeeded.
    package private(set) var trouble: Outcome?
    /// rig.yaml as the running snapshot has it.
    package private(set) var config: Config
    private let machine: Machine
    private let run: WorkRun
    private let log: @Sendable (WorkerLogLine) -> Void
    private var mounts: Mounts
    private var building: Task<Outcome, Never>?
    private var next: Task<Outcome, Never>?
    private var isClosed = false

    package init(
        _ gateway: Gateway, _ mounts: Mounts, _ config: Config, _ machine: Machine, run: WorkRun,
        log: @escaping @Sendable (WorkerLogLine) -> Void
    ) {
        self.gateway = gateway
        self.mounts = mounts
        self.config = config
        self.machine = machine
        self.run = run
        self.log = log
    }

    /// Reads rig.yaml again and serves by it when all of it can be served.
    package func reload() async -> Outcome {
        guard let building else {
            let task = RequestLoop.start { await self.attempt() }
            self.building = task
            return await task.value
        }
        if let next { return await next.value }
        let task = RequestLoop.start {
            _ = await building.value
            self.building = self.next
            self.next = nil
            return await self.attempt()
        }
        next = task
        return await task.value
    }

    /// No swap comes after this.
    package func close() {
        isClosed = true
    }

    private func attempt() async -> Outcome {
        let outcome = await build()
        if next == nil { building = nil }
        switch outcome {
        case .swapped: trouble = nil
        case .invalid, .failed: trouble = outcome
        case .closed: break
        }
        return outcome
    }

    private func build() async -> Outcome {
        let built: SnapshotBuilder.Built
        let wanted: Config
        do throws(ConfigErrors) {
            let file = config.file
            wanted = try await RequestLoop.offload { () throws(ConfigErrors) in
                try Config.load(path: file)
            }
            let builder = SnapshotBuilder(wanted, machine, run: run, after: mounts, log: log)
            built = try await builder.build()
        } catch {
            return .invalid(error)
        }
        let failures = built.snapshot.failures.filter { namespace, _ in
            // What failed before is no reason to keep serving the old rest.
            gateway.snapshot.failures[namespace] == nil
        }
        guard !isClosed else { return .closed }
        guard failures.isEmpty else { return .failed(failures) }
        let before = gateway.snapshot.snapshot.interfaceHash
        mounts = built.mounts
        config = wanted
        gateway.swap(built.snapshot)
        let after = built.snapshot.snapshot.interfaceHash
        return .swapped(snapshot: after.hex, hasOtherTools: before != after)
    }
}
