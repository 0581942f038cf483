internal import RIGApproval
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
    private let run: WorkRun

    /// Loads every pack; those that fail are in the snapshot's `failures`.
    static func open(_ place: Workplace) async throws -> Sidecar {
        let config = try place.config()
        let (run, builder) = try await Self.builder(place, config)
        let path = try place.database()
        let audit = try await AuditLog.open(path, beside: [ApprovalDesk.table])
        let gateway = Gateway(
            await builder.build(), audit: audit,
            approvals: ApprovalDesk(audit.queue, path: path))
        return Sidecar(gateway: gateway, run: run)
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
        await gateway.snapshot.close()
        let lost = await gateway.audit.close()
        try run.end()
        if lost > 0 {
            throw Failure(
                "audit", "\(lost) rows could not be written",
                hint: "free space where .rig/state.db lies", type: "audit")
        }
    }
}
