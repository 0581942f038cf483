internal import RIGConfig
internal import RIGPipeline
internal import RIGSandbox
internal import RIGSecret
internal import RIGWorker

/// What makes a pack's workers what they are: when all of it is the same, so are they.
struct PackOrigin: Equatable {
    /// As rig.yaml has it, but for the list of enabled tools, which workers know nothing of.
    let config: PackConfig
    let folder: PackFolder
    /// nil where someone else runs it.
    let interpreter: Interpreter?
    let sandbox: String

    init(_ config: PackConfig, _ folder: PackFolder, _ plan: WorkerPlan) {
        var config = config
        config.tools = nil
        self.config = config
        self.folder = folder
        interpreter = plan.isElsewhere ? nil : plan.jail.interpreter
        sandbox = plan.sandboxName
    }
}

/// The packs that a snapshot serves, for the build of the next one: a pack that has not changed
/// keeps its workers and is not asked again what it is.
package struct Mounts {
    struct Mount {
        let origin: PackOrigin
        let said: PackDescription.Said
        let plan: WorkerPlan
        let slots: Set<String>
        let secrets: PackSecrets
        let service: PackService
    }

    private var mounts: [Mount] = []

    package init() {}

    mutating func add(_ loaded: SnapshotBuilder.Loaded, _ service: PackService) {
        mounts.append(
            Mount(
                origin: loaded.origin, said: loaded.said, plan: loaded.plan, slots: loaded.slots,
                secrets: loaded.secrets, service: service))
    }

    /// A runner elsewhere may have come back with something else: it is asked anew.
    func find(_ origin: PackOrigin) -> Mount? {
        guard origin.interpreter != nil else { return nil }
        return mounts.first { $0.origin == origin }
    }
}
