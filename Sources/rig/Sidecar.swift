internal import RIGAudit
internal import RIGConfig
internal import RIGLinux
internal import RIGLoop
internal import RIGPack
internal import RIGPipeline

/// The runtime inside this process, for commands that work when no sidecar runs: the packs of
/// rig.yaml, loaded and served, until `close`.
@RequestLoop
struct Sidecar {
    let gateway: Gateway
    /// Swaps the gateway's snapshot when rig.yaml has changed.
    let keeper: SnapshotKeeper
    private let run: WorkRun

    /// Loads the packs; those that fail are in the snapshot's `failures`.
    static func open(
        _ place: Workplace, _ selection: PackSelection = .all
    ) async throws -> Sidecar {
        let config = try place.config()
        var machine = try await Workplace.machine()
        let run = try WorkRun.begin(try place.stateFolder())
        let log = WorkerLog.sink()
        let records = try await Records.open(
            try place.database(), audit: AuditOptions(config.audit))
        machine.egress = EgressJournal.service(records.audit, machine)
        let builder = SnapshotBuilder(config, machine, run: run, log: log)
        do throws(ConfigErrors) {
            let built = try await builder.build(selection)
            let gateway = Gateway(built.snapshot, records)
            let keeper = SnapshotKeeper(
                gateway, built.mounts, config, machine, run: run, log: log)
            return Sidecar(gateway: gateway, keeper: keeper, run: run)
        } catch {
            _ = await records.audit.close()
            run.end()
            throw error
        }
    }

    /// What loads packs of `config`, one by one or all.
    static func builder(
        _ place: Workplace, _ config: Config
    ) async throws -> (WorkRun, SnapshotBuilder) {
        let machine = try await Workplace.machine()
        let run = try WorkRun.begin(try place.stateFolder())
        return (run, SnapshotBuilder(config, machine, run: run, log: WorkerLog.sink()))
    }

    /// Ends the workers and writes what the audit still holds.
    func close() async throws {
        keeper.close()
        await gateway.snapshot.close()
        let lost = await gateway.audit.close()
        run.end()
        if lost > 0 {
            throw Failure(
                "audit", "\(lost) rows could not be written",
                hint: "free space where .rig/state.db lies", type: "audit")
        }
    }
}
