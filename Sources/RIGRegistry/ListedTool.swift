package import RIGModel

/// A tool as a list shows it: what its pack says of it, without the programs that a call needs. It
/// can be had before the pack has been started.
package struct ListedTool: Sendable {
    package let definition: ToolDefinition
    package let pack: MountedPack
    package let isEnabled: Bool

    package init(_ definition: ToolDefinition, of pack: MountedPack, isEnabled: Bool) {
        self.definition = definition
        self.pack = pack
        self.isEnabled = isEnabled
    }

    /// `<namespace>.<tool>`
    package var name: String { QualifiedName(pack.namespace, definition.name).text }
}

extension Tool {
    package var listed: ListedTool {
        ListedTool(definition, of: pack, isEnabled: isEnabled)
    }
}
