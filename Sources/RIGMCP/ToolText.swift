internal import RIGJSON
internal import RIGModel
internal import RIGRegistry

/// One tool in a list, in the words of a revision.
struct ToolText {
    /// Hosts cut what is longer.
    static let descriptionBytesMax = 2_000

    let tool: ListedTool
    let exported: String
    let input: JSONValue
    let output: JSONValue?

    func write(_ revision: Revision, to writer: inout JSONWriter) {
        let definition = tool.definition
        writer.beginObject()
        writer.key("name" as StaticString)
        writer.string(exported)
        if revision.hasStructuredContent {
            writer.key("title" as StaticString)
            writer.string(title)
        }
        writer.key("description" as StaticString)
        writer.string(description)
        writer.key("inputSchema" as StaticString)
        writer.value(input)
        if revision.hasStructuredContent, let output {
            writer.key("outputSchema" as StaticString)
            writer.value(output)
        }
        if revision.hasAnnotations { writeAnnotations(definition, &writer) }
        if revision.hasStructuredContent { writeMeta(definition, &writer) }
        writer.endObject()
    }

    private var title: String { tool.definition.title ?? tool.name }

    private var description: String {
        let text = tool.definition.description
        let whole = tool.definition.isDeprecated ? "(deprecated) " + text : text
        guard whole.utf8.count > Self.descriptionBytesMax else { return whole }
        var cut = ""
        var bytes = 0
        for scalar in whole.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > Self.descriptionBytesMax - 3 { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut + "…"
    }

    /// All four hints, since what is absent counts as the worst. Every tool of RIG may reach what
    /// its pack was granted, and a host cannot see grants.
    private func writeAnnotations(_ definition: ToolDefinition, _ writer: inout JSONWriter) {
        writer.key("annotations" as StaticString)
        writer.beginObject()
        writer.key("title" as StaticString)
        writer.string(title)
        writer.key("readOnlyHint" as StaticString)
        writer.bool(definition.risk == .read)
        writer.key("destructiveHint" as StaticString)
        writer.bool(definition.risk == .destructive || definition.risk == .money)
        writer.key("idempotentHint" as StaticString)
        writer.bool(definition.isIdempotent)
        writer.key("openWorldHint" as StaticString)
        writer.bool(definition.risk != .read || !definition.authSlots.isEmpty)
        writer.endObject()
    }

    private func writeMeta(_ definition: ToolDefinition, _ writer: inout JSONWriter) {
        writer.key("_meta" as StaticString)
        writer.beginObject()
        writer.key("dev.rig/tool" as StaticString)
        writer.string(tool.name)
        writer.key("dev.rig/pack" as StaticString)
        writer.string("\(tool.pack.source.rawValue):\(tool.pack.name)")
        writer.key("dev.rig/packVersion" as StaticString)
        writer.string(tool.pack.version)
        writer.key("dev.rig/risk" as StaticString)
        writer.string(definition.risk.rawValue)
        writer.endObject()
    }
}
