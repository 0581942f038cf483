internal import RIGBytes
internal import RIGJSON
package import RIGLoop
internal import RIGModel
package import RIGRegistry

/// The tools of one moment as MCP shows them: in order of their RIG names, each revision's texts
/// written once and sent as bytes from then on.
///
/// Two listings with the same `generation` look the same to every client.
@RequestLoop
package final class ToolListing {
    /// What `tools/call` needs to know of a tool.
    struct Row {
        /// As hosts call it: `demo_say`.
        let exported: String
        /// As RIG calls it: `demo.say`.
        let name: String
        let risk: Risk
        let output: OutputForm
    }

    /// How a tool's output becomes `structuredContent`.
    enum OutputForm {
        /// Nothing is declared: objects are structured, the rest is text.
        case open
        case object
        /// Not an object: stands in `{"result": …}`.
        case wrapped
    }

    /// Tools on one page of `tools/list`.
    package static let pageTools = 200

    package let generation: String
    private let tools: [ListedTool]
    private let rows: [Row]
    private let byExported: [String: Int]
    private let schemas: [(input: JSONValue, output: JSONValue?)]
    /// The array of one page, by revision and first tool.
    private var pages: [PageKey: ByteBuffer] = [:]

    private struct PageKey: Hashable {
        let revision: Revision
        let first: Int
    }

    /// What those see who do not see everything, by their names.
    private var views: [[Int]: ToolListing] = [:]

    /// - Parameter tools: Those that are not enabled are left out.
    package convenience init(_ tools: [ListedTool]) {
        let tools = tools.filter(\.isEnabled).sorted { $0.name < $1.name }
        self.init(tools, names: ToolNaming.exported(tools.map(\.name)))
    }

    private init(_ tools: [ListedTool], names: [String]) {
        self.tools = tools
        var rows: [Row] = []
        var schemas: [(input: JSONValue, output: JSONValue?)] = []
        for (tool, exported) in zip(tools, names) {
            let output = tool.definition.outputSchema.map(HostSchema.output)
            schemas.append((HostSchema.input(tool.definition.inputSchema), output?.schema))
            rows.append(
                Row(
                    exported: exported, name: tool.name, risk: tool.definition.risk,
                    output: output.map { $0.isWrapped ? .wrapped : .object } ?? .open))
        }
        self.rows = rows
        self.schemas = schemas
        byExported = Dictionary(uniqueKeysWithValues: zip(names, rows.indices))
        let text = ByteBuffer()
        Self.write(tools.indices, .of2026July, tools, rows, schemas, to: text)
        var hash = SHA256()
        hash.update(text, text.range)
        generation = String(hash.finish().hex.prefix(16))
    }

    /// What a principal may see; a tool has the same name for everybody.
    func view(_ principal: Principal) -> ToolListing {
        guard let mayUse = principal.mayUse else { return self }
        // By what is seen: who sees it may see less tomorrow.
        let seen = tools.indices.filter { mayUse(tools[$0].name) }
        if let view = views[seen] { return view }
        let view = ToolListing(seen.map { tools[$0] }, names: seen.map { rows[$0].exported })
        views[seen] = view
        return view
    }

    package var count: Int { tools.count }

    /// By the exported name, or by RIG's own, which errors name.
    func row(_ name: String) -> Row? {
        byExported[name].map { rows[$0] } ?? rows.first { $0.name == name }
    }

    /// What `tools/list` answers: the page's array, and the cursor of the next one.
    func page(
        _ cursor: String?, _ revision: Revision
    ) throws(ProtocolFault) -> (tools: ByteBuffer, next: String?) {
        let first = try cursor.map(first) ?? 0
        let end = min(first + Self.pageTools, tools.count)
        let key = PageKey(revision: revision, first: first)
        let text = pages[key] ?? ByteBuffer()
        if text.isEmpty {
            Self.write(first..<end, revision, tools, rows, schemas, to: text)
            pages[key] = text
        }
        return (text, end < tools.count ? "\(generation).\(end)" : nil)
    }

    /// A cursor of another generation is refused: the client begins again.
    private func first(_ cursor: String) throws(ProtocolFault) -> Int {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == generation, let first = Int(parts[1]),
            first > 0, first < tools.count, first.isMultiple(of: Self.pageTools)
        else { throw .invalidParams("the cursor is not of this list; begin again without one") }
        return first
    }

    private static func write(
        _ range: Range<Int>, _ revision: Revision, _ tools: [ListedTool], _ rows: [Row],
        _ schemas: [(input: JSONValue, output: JSONValue?)], to buffer: ByteBuffer
    ) {
        var writer = JSONWriter(buffer)
        writer.beginArray()
        for index in range {
            ToolText(
                tool: tools[index], exported: rows[index].exported,
                input: schemas[index].input, output: schemas[index].output
            ).write(revision, to: &writer)
        }
        writer.endArray()
    }
}
