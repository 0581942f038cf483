package import RIGBytes
internal import RIGJSON
internal import RIGModel

/// The tools of one moment: immutable, and named by what a model or a policy can read of it.
package struct Snapshot: Sendable {
    /// Sorted by qualified name.
    package let tools: [Tool]
    /// Sorted by namespace.
    package let packs: [MountedPack]
    /// SHA-256 over the canonical form (RFC 8785) of the interface: equal hashes mean that no
    /// model and no policy could tell two snapshots apart.
    package let interfaceHash: Digest
    /// Names the packs, versions and contents behind the interface.
    package let packSetVersion: Digest
    private let index: NameIndex

    package init(packs: [MountedPack], tools: [Tool]) {
        self.packs = packs.sorted { $0.namespace.text < $1.namespace.text }
        self.tools = tools.sorted { $0.name < $1.name }
        index = NameIndex(self.tools.map(\.name))
        interfaceHash = Self.hash(.array(self.tools.map(Self.interface)))
        packSetVersion = Self.hash(.array(self.packs.map(Self.identity)))
    }

    /// The position of a tool in `tools`, or nil.
    package func find(_ name: String) -> Int? { index.find(name) }

    /// The same for a name that stands in a buffer.
    package func find(_ buffer: ByteBuffer, _ range: ByteRange) -> Int? {
        index.find(buffer, range)
    }

    /// The definition under the qualified name, and whether it can be called: whatever a model is
    /// shown or a rule can match.
    private static func interface(_ tool: Tool) -> JSONValue {
        .object([
            "tool": .string(tool.name), "enabled": .bool(tool.isEnabled),
            "definition": tool.definition.encoded,
        ])
    }

    private static func identity(_ pack: MountedPack) -> JSONValue {
        .object([
            "namespace": .string(pack.namespace.text), "name": .string(pack.name),
            "version": .string(pack.version), "source": .string(pack.source.rawValue),
            "digest": .string(pack.digest.hex),
        ])
    }

    private static func hash(_ value: JSONValue) -> Digest {
        let buffer = ByteBuffer()
        CanonicalJSON.append(value, to: buffer)
        var hash = SHA256()
        hash.update(buffer, buffer.range)
        return hash.finish()
    }
}
