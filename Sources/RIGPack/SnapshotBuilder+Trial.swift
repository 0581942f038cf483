package import RIGConfig
package import RIGWorker

extension SnapshotBuilder {
    /// What a worker of the only pack in `config` runs with, without describing or serving it: for
    /// `rig doctor`, which tries the jail of a real one. Blocks.
    package nonisolated static func plan(
        of config: Config, _ machine: Machine, run: WorkRun
    ) throws(PackFault) -> WorkerPlan {
        precondition(config.packs.count == 1, "one pack is planned")
        return try plan(config.packs[0], config, machine, run: run) { _ in }.0
    }
}
