internal import RIGAudit
internal import RIGBytes
internal import RIGLinux
internal import RIGLoop

extension Command {
    static let auditQuery = Command(
        name: "audit query", synopsis: "", summary: "show what was asked, decided and done",
        options: [
            .value("limit", "N", "rows at most (default 50)"),
            .value("cursor", "N", "go on where the last page ended"),
            .config, .json,
        ] + AuditSelection.options,
        examples: [
            "rig audit query", "rig audit query --tool 'stripe.*' --status ok --limit 10",
            "rig audit query --json --cursor 120",
        ],
        run: queryAudit)

    @RequestLoop
    private static func queryAudit(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let filter = try AuditSelection.filter(arguments)
        let limit = try AuditSelection.number(arguments, "limit", default: 50)
        let cursor = try arguments["cursor"].map { _ in
            Int64(try AuditSelection.number(arguments, "cursor", default: 0))
        }
        let database = try Workplace.find(arguments).database()
        guard try FileStatus.ifPresent(database) != nil else {
            console.out(console.isJSON ? #"{"ok":true,"rows":[]}"# + "\n" : "no calls yet\n")
            return .success
        }
        let page = try await read(database, filter, cursor, limit)
        console.out(console.isJSON ? json(page) : Array(table(page).utf8))
        return .success
    }

    private static func read(
        _ path: String, _ filter: AuditFilter, _ cursor: Int64?, _ limit: Int
    ) async throws -> AuditReader.Page {
        try await RequestLoop.offload {
            try AuditReader.open(path).page(
                filter, order: .newestFirst, after: cursor, limit: limit)
        }
    }

    private static func json(_ page: AuditReader.Page) -> [UInt8] {
        let buffer = ByteBuffer()
        buffer.append(#"{"ok":true,"rows":["# as StaticString)
        for (index, record) in page.records.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            record.appendJSON(to: buffer)
        }
        buffer.append("]" as StaticString)
        if page.hasMore, let cursor = page.cursor { buffer.append(#","cursor":\#(cursor)"#) }
        buffer.append("}\n" as StaticString)
        return buffer.array(buffer.range)
    }

    private static func table(_ page: AuditReader.Page) -> String {
        guard !page.records.isEmpty else { return "no rows\n" }
        let more = page.hasMore ? page.cursor.map { "more: rig audit query --cursor \($0)\n" } : nil
        return AuditText.table(page.records) + (more ?? "")
    }
}
