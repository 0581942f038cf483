package import RIGModel

/// What the operator wants of the audit (`audit` in rig.yaml).
package struct AuditOptions: Sendable {
    /// What a row keeps of the arguments.
    package enum Arguments: Sendable {
        /// A digest under the audit's key.
        case digest
        /// The digest, and the arguments' structure without their values.
        case redacted
        case none
    }

    /// Where rows go besides the database.
    package enum Sink: Sendable, Hashable {
        /// A file that rows are appended to, one a line.
        case jsonl(path: String)
        /// A datagram socket such as /dev/log, one RFC 5424 message a row.
        case syslog(path: String)
    }

    package var arguments = Arguments.digest
    /// How each risk's rows are kept; a risk that is not named is strict.
    package var durability: [Risk: AuditLog.Durability] = [.read: .batched]
    /// Rows older than this are pruned; nil keeps them.
    package var retentionMilliseconds: Int64?
    package var sinks: [Sink] = []

    /// A checkpoint is made at the first commit that leaves so many rows without one, …
    package var checkpointRows: Int64 = 1_000
    /// … or when the first of them has waited for so long.
    package var checkpointMilliseconds = 10_000
    /// Between two looks for rows to prune.
    package var pruningMilliseconds = 3_600_000

    /// Told once when something beside the rows begins or ceases to fail, in one line.
    package var report: @Sendable (String) -> Void = { _ in }

    package init() {}

    package func durability(of risk: Risk) -> AuditLog.Durability {
        durability[risk] ?? .strict
    }
}
