internal import RIGAudit
internal import RIGLoop

extension Command {
    static let auditExport = Command(
        name: "audit export", synopsis: "", summary: "write the audit to stdout, oldest row first",
        details: """
            jsonl is the form that the chain hashes: whoever has all rows can check them without
            RIG (docs/audit.md). csv is for spreadsheets.
            """,
        options: [
            .value("format", "FORM", "jsonl or csv (default: jsonl)"), .config, .json,
        ] + AuditSelection.options,
        examples: [
            "rig audit export > audit.jsonl",
            "rig audit export --since 2026-01-01T00:00:00Z --until 2026-02-01T00:00:00Z"
                + " --format csv > january.csv",
        ],
        run: exportAudit)

    @RequestLoop
    private static func exportAudit(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let format = arguments["format"] ?? "jsonl"
        guard ["jsonl", "csv"].contains(format), !(console.isJSON && format == "csv") else {
            throw UsageError("--format is jsonl or csv, and --json means jsonl", nil)
        }
        let isCSV = format == "csv"
        let filter = try AuditSelection.filter(arguments)
        if isCSV { console.out(AuditText.csvHeader) }
        guard let path = try AuditSelection.database(arguments) else { return .success }
        try await RequestLoop.offload {
            let reader = try AuditReader.open(path)
            var cursor: Int64?
            var hasMore = true
            while hasMore {
                let page = try reader.page(
                    filter, order: .oldestFirst, after: cursor, limit: 1_000)
                console.out(isCSV ? AuditText.csv(page.records) : AuditText.jsonLines(page.records))
                cursor = page.cursor
                hasMore = page.hasMore
            }
        }
        return .success
    }
}
