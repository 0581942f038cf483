package import RIGConfig
internal import RIGJSON
internal import RIGModel
package import RIGRegistry
internal import RIGWorker

/// The tools of rig.yaml's packs before any of them has been started, as far as they were described
/// before and have not changed since.
package enum ColdList {
    /// Blocks for as long as the packs' files take to read.
    /// - Returns: nil when a pack has to be started to know its tools.
    package static func read(_ config: Config, stateFolder: String) -> [ListedTool]? {
        let memory = DescriptionMemory(stateFolder: stateFolder)
        var tools: [ListedTool] = []
        var namespaces: Set<Namespace> = []
        for pack in config.packs {
            guard let listed = read(pack, memory), namespaces.insert(listed.namespace).inserted
            else { return nil }
            tools += listed.tools
        }
        return tools
    }

    private static func read(
        _ pack: PackConfig, _ memory: DescriptionMemory
    ) -> (namespace: Namespace, tools: [ListedTool])? {
        do throws(PackFault) {
            guard let path = pack.path else { return nil }
            let folder = try PackFolder.read(path)
            guard let namespace = pack.alias ?? folder.defaultNamespace,
                let said = memory.said(by: folder.digest)
            else { return nil }
            return (namespace, try tools(of: pack, namespace, folder, said))
        } catch {
            // Whatever is wrong is found, and said, when the pack is started.
            return nil
        }
    }

    private static func tools(
        of pack: PackConfig, _ namespace: Namespace, _ folder: PackFolder,
        _ said: PackDescription.Said
    ) throws(PackFault) -> [ListedTool] {
        let metadata: PackMetadata
        do throws(ShapeFault) {
            metadata = try PackMetadata(decoding: said.metadata)
        } catch {
            throw .metadata(error)
        }
        try SnapshotBuilder.checkGrants(metadata.capabilities, pack.grants)
        let mounted = MountedPack(
            namespace: namespace, name: metadata.name, version: metadata.version,
            source: pack.source, digest: folder.digest)
        let listed = pack.tools.map(Set.init)
        return try SnapshotBuilder.definitions(said.tools).map { definition in
            ListedTool(
                definition, of: mounted, isEnabled: listed?.contains(definition.name) ?? true)
        }
    }
}
