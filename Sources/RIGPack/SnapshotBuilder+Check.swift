internal import RIGConfig
internal import RIGEgress
internal import RIGJSON
internal import RIGModel
internal import RIGRegistry
internal import RIGWorker

/// Holds what a pack says of itself against RSP, RTP and its grants.
extension SnapshotBuilder {
    static func check(
        _ description: PackDescription.Said, _ pack: PackConfig, _ plan: WorkerPlan,
        _ origin: PackOrigin
    ) throws(PackFault) -> Loaded {
        let metadata: PackMetadata
        do throws(ShapeFault) {
            metadata = try PackMetadata(decoding: description.metadata)
        } catch {
            throw .metadata(error)
        }
        try checkGrants(metadata.capabilities, pack.grants)
        let mounted = MountedPack(
            namespace: plan.namespace, name: metadata.name, version: metadata.version,
            source: pack.source, digest: origin.folder.digest)
        let definitions = try definitions(description.tools)
        var listed: Set<ToolName>?
        if let tools = pack.tools {
            let known = Set(definitions.map(\.name))
            for name in tools where !known.contains(name) { throw .unknownTool(name) }
            listed = Set(tools)
        }
        var tools: [Tool] = []
        for definition in definitions {
            do throws(SchemaError) {
                tools.append(
                    try Tool(
                        definition, of: mounted,
                        isEnabled: listed?.contains(definition.name) ?? true))
            } catch {
                throw .schema(tool: definition.name, error)
            }
        }
        var plan = plan
        plan.packVersion = metadata.version
        return Loaded(
            pack: mounted, origin: origin, metadata: metadata, tools: tools, plan: plan,
            said: description)
    }

    /// A pack that asks for more than it is granted is not mounted.
    nonisolated static func checkGrants(
        _ capabilities: PackMetadata.Capabilities, _ grants: GrantsConfig
    ) throws(PackFault) {
        let slots = Set(grants.secrets.map(\.slot))
        let missing =
            capabilities.net.filter { !EgressPolicy.grants(grants.net, cover: $0) }
            .map { "net \($0)" }
            + capabilities.fs.filter { !isGranted($0, grants) }.map { "fs \($0.rawValue)" }
            + capabilities.secrets.filter { !slots.contains($0) }.map { "secret \($0)" }
        guard missing.isEmpty else { throw .ungranted(missing) }
    }

    private nonisolated static func isGranted(
        _ folder: PackMetadata.Folder, _ grants: GrantsConfig
    ) -> Bool {
        switch folder {
        case .data: grants.data != nil
        case .workspace: grants.workspace != nil
        }
    }

    nonisolated static func definitions(
        _ values: [JSONValue]
    ) throws(PackFault) -> [ToolDefinition] {
        guard values.count <= Limits.toolsPerPackMax else {
            throw .tooManyTools(count: values.count)
        }
        var seen: Set<ToolName> = []
        var definitions: [ToolDefinition] = []
        for (index, value) in values.enumerated() {
            do throws(ShapeFault) {
                definitions.append(try ToolDefinition(decoding: value))
            } catch {
                throw .tool(name: value["name"]?.string ?? "#\(index + 1)", error)
            }
            let name = definitions[index].name
            guard seen.insert(name).inserted else { throw .duplicateTool(name) }
        }
        return definitions
    }
}
