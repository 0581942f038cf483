internal import RIGModel
internal import RIGPolicy

extension PolicyCaller {
    /// Whom `--tenant` and `--actor` name: without them the one that `rig call` calls as.
    init(_ arguments: Arguments) throws(UsageError) {
        self.init(
            tenant: try arguments.callerName("tenant")?.text ?? "default",
            actor: try arguments.callerName("actor")?.text ?? "cli")
    }
}
