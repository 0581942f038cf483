internal import RIGPolicy

extension PolicyCaller {
    /// Whom `--tenant` and `--actor` name: without them the one that `rig call` calls as.
    init(_ arguments: Arguments) {
        self.init(
            tenant: arguments["tenant"] ?? "default", actor: arguments["actor"] ?? "cli")
    }
}
