internal import RIGLinux

/// The files of one audit: the database and what lies beside it, outside of it.
package struct AuditFiles: Sendable {
    /// `state.db`.
    package let database: String
    /// What checkpoints are signed and arguments are digested with.
    package let key: String
    /// Every checkpoint once more, one a line.
    package let checkpoints: String
    /// Held by whoever writes checkpoints.
    let lock: String
    /// How far each sink has come.
    package let sinks: String

    package init(database: String) {
        let folder = Path.parent(database)
        self.database = database
        key = Path.join(folder, "audit.key")
        checkpoints = Path.join(folder, "audit.checkpoints")
        lock = Path.join(folder, "audit.lock")
        sinks = Path.join(folder, "audit.sinks")
    }
}
