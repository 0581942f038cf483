internal import RIGAudit
internal import RIGBytes
internal import RIGLinux
internal import RIGLoop

extension Command {
    static let auditQuery = Command(
        name: "audit query", synopsis: "", summary: "show what was asked, decided and done",
        options: [
            .value("tool", "NAME", "only this tool; * stands for any run of characters"),
            .value("tenant", "NAME", "only this tenant"),
            .value("actor", "NAME", "only this actor"),
            .value("status", "WORD", "only this end: ok, policy_denied, timeout …"),
            .value("kind", "KIND", "intent, outcome or approval"),
            .value("correlation", "ID", "only calls with this correlation id"),
            .value("since", "TIME", "not before, such as 2026-01-31T12:00:00Z"),
            .value("until", "TIME", "before"),
            .value("limit", "N", "rows at most (default 50)"),
            .value("cursor", "N", "go on where the last page ended"),
            .config, .json,
        ],
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
        let filter = try filter(arguments)
        let limit = try number(arguments, "limit", default: 50)
        let cursor = try arguments["cursor"].map { _ in
            Int64(try number(arguments, "cursor", default: 0))
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

    private static func filter(_ arguments: Arguments) throws -> AuditFilter {
        var filter = AuditFilter()
        filter.tool = arguments["tool"]
        filter.tenant = arguments["tenant"]
        filter.actor = arguments["actor"]
        filter.status = arguments["status"]
        filter.correlationID = arguments["correlation"]
        if let word = arguments["kind"] {
            guard let kind = AuditRow.Kind(rawValue: word) else {
                throw UsageError("--kind is intent, outcome or approval", nil)
            }
            filter.kind = kind
        }
        filter.sinceMilliseconds = try time(arguments, "since")
        filter.untilMilliseconds = try time(arguments, "until")
        return filter
    }

    private static func time(_ arguments: Arguments, _ name: String) throws -> Int64? {
        guard let text = arguments[name] else { return nil }
        guard let time = Timestamp.milliseconds(text) else {
            throw UsageError("--\(name) is no time", "such as 2026-01-31T12:00:00Z")
        }
        return time
    }

    private static func number(
        _ arguments: Arguments, _ name: String, default: Int
    ) throws -> Int {
        guard let text = arguments[name] else { return `default` }
        guard let number = Int(text), number >= 0 else {
            throw UsageError("--\(name) is no number", nil)
        }
        return number
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
        var table = Table("SEQ", "TIME", "KIND", "TOOL", "STATUS", "RULE", "TENANT", "ACTOR", "MS")
        for row in page.records {
            let milliseconds = Double(row.durationMicroseconds / 100) / 10
            table.add(
                String(row.seq), Timestamp.text(milliseconds: row.timeMilliseconds), row.kind,
                row.tool, row.status.isEmpty ? "-" : row.status,
                row.decision.isEmpty ? "-" : row.decision, row.tenant, row.actor,
                String(milliseconds))
        }
        let more = page.hasMore ? page.cursor.map { "more: rig audit query --cursor \($0)\n" } : nil
        return table.text + (more ?? "")
    }
}
