package import RIGBytes
package import RIGJSON
package import RIGModel

/// A pack under the namespace it is mounted on.
package struct MountedPack: Sendable, Hashable {
    package let namespace: Namespace
    /// As pip, npm or the pack's own metadata call it: `rig-pack-echo`, `@rig/pack-echo`.
    package let name: String
    package let version: String
    package let source: PackSource
    /// Names the content that was described.
    package let digest: Digest

    package init(
        namespace: Namespace, name: String, version: String, source: PackSource, digest: Digest
    ) {
        self.namespace = namespace
        self.name = name
        self.version = version
        self.source = source
        self.digest = digest
    }
}

/// A tool ready to be called: its definition and the programs compiled from its schemas.
///
/// A class, so that a call holds it with one reference; immutable.
package final class Tool: Sendable {
    package let qualifiedName: QualifiedName
    package let definition: ToolDefinition
    package let pack: MountedPack
    package let input: SchemaProgram
    package let output: SchemaProgram?
    /// Whether rig.yaml lists it: a tool that an update brings stays off until it is listed.
    package let isEnabled: Bool

    /// Compiles the tool's schemas.
    /// - Throws: the first schema's fault; such a tool cannot be judged, so its pack is refused.
    package init(
        _ definition: ToolDefinition, of pack: MountedPack, isEnabled: Bool
    ) throws(SchemaError) {
        qualifiedName = QualifiedName(pack.namespace, definition.name)
        self.definition = definition
        self.pack = pack
        self.isEnabled = isEnabled
        input = try SchemaProgram.compile(definition.inputSchema)
        if let schema = definition.outputSchema {
            output = try SchemaProgram.compile(schema)
        } else {
            output = nil
        }
    }

    /// `<namespace>.<tool>`
    package var name: String { qualifiedName.text }
}
