package import RIGConfig
package import RIGBytes
internal import RIGJSON
package import RIGModel
package import RIGRedact

/// The values that one pack's workers get, for the life of a snapshot: granted in rig.yaml and asked
/// for by the pack. Made on the control plane; the command of a `cmd:` source runs once for it.
///
///     let secrets = try PackSecrets.resolve(grants, asked: slots, environment: variables)
///     secrets.context(for: tool.auth.map(\.slot))     // the text of ctx.secrets
package struct PackSecrets: Sendable {
    /// Slots with a value, however that gets to the pack.
    package let present: Set<String>
    /// For the environment of a worker.
    package let environment: [String: String]
    /// Takes every value out of what the pack says; nil when there is none.
    package let redactor: Redactor?
    /// Tells whether two have the same values for the same slots.
    package let digest: Digest
    /// In the order of rig.yaml.
    private let context: [(slot: String, value: String)]
    /// Values that are put into requests outside the worker, in the order of rig.yaml.
    package let egress: [Egress]

    package struct Egress: Sendable {
        package let slot: String
        package let host: NetTarget
        /// nil follows the slot's kind.
        package let placement: SecretConfig.Placement?
        package let value: String
    }

    /// Nothing.
    package static let none = PackSecrets(
        present: [], environment: [:], redactor: nil, digest: SHA256.digest([]), context: [],
        egress: [])

    private init(
        present: Set<String>, environment: [String: String], redactor: Redactor?,
        digest: Digest, context: [(slot: String, value: String)], egress: [Egress]
    ) {
        self.present = present
        self.environment = environment
        self.redactor = redactor
        self.digest = digest
        self.context = context
        self.egress = egress
    }

    /// Takes the values of the slots that are in `asked`. Blocks.
    /// - Parameter environment: The sidecar's own.
    package static func resolve(
        _ grants: [SecretConfig], asked: Set<String>, environment: [String: String]
    ) throws(SecretFault) -> PackSecrets {
        var context: [(slot: String, value: String)] = []
        var egress: [Egress] = []
        var variables: [String: String] = [:]
        var secrets: [Redactor.Secret] = []
        var hash = SHA256()
        for grant in grants where asked.contains(grant.slot) {
            guard let value = try SecretSource.value(of: grant, environment: environment) else {
                continue
            }
            switch grant.delivery {
            case .context: context.append((grant.slot, value))
            case .environment(let name): variables[name] = value
            case .egress(let host, let placement):
                context.append((grant.slot, SecretPlaceholder.of(grant.slot)))
                egress.append(
                    Egress(slot: grant.slot, host: host, placement: placement, value: value))
            }
            // Lengths in front keep one value's end from passing for the next slot's name.
            hash.update("\(grant.slot.utf8.count):\(grant.slot)\(value.utf8.count):\(value)")
            secrets.append(Redactor.Secret(slot: grant.slot, value: value.utf8))
        }
        let result = PackSecrets(
            present: Set(secrets.map(\.slot)), environment: variables,
            redactor: Redactor(secrets), digest: hash.finish(), context: context,
            egress: egress)
        if let last = context.last,
            result.context(for: context.map(\.slot))?.count ?? 0 > SecretSource.encodedBytesMax
        {
            throw SecretFault(slot: last.slot, cause: .tooMuch)
        }
        return result
    }

    /// The object of `ctx.secrets` with those of `slots` that go there, as JSON; nil for none.
    package func context(for slots: [String]) -> [UInt8]? {
        let given = context.filter { slots.contains($0.slot) }
        guard !given.isEmpty else { return nil }
        let buffer = ByteBuffer(capacity: 256)
        var writer = JSONWriter(buffer)
        writer.beginObject()
        for (slot, value) in given {
            writer.key(slot)
            writer.string(value)
        }
        writer.endObject()
        return buffer.array(buffer.range)
    }
}
