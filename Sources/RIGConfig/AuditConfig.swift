package import RIGModel

/// `audit`: what is kept of a call, how safely, for how long, and where else it goes.
package struct AuditConfig: Hashable, Sendable {
    /// What a row keeps of the arguments.
    package enum Arguments: String, Hashable, Sendable, CaseIterable {
        /// A salted digest.
        case digest
        /// The arguments without secrets.
        case redacted
        case none
    }

    package enum Durability: String, Hashable, Sendable, CaseIterable {
        /// With the next group of rows.
        case batched
        /// On the disk before the call goes on.
        case strict
    }

    package enum Sink: Hashable, Sendable {
        /// A file to append to; resolved.
        case jsonl(path: String)
        /// A socket such as /dev/log; resolved.
        case syslog(path: String)
    }

    package var arguments = Arguments.digest
    package var durabilityDefault = Durability.strict
    /// The risks that are set apart from the default.
    package var durabilityByRisk: [Risk: Durability] = [.read: .batched]
    package var retentionMilliseconds = 90 * 86_400_000
    package var sinks: [Sink] = []

    package init() {}

    package func durability(of risk: Risk) -> Durability {
        durabilityByRisk[risk] ?? durabilityDefault
    }
}
