internal import RIGAudit
internal import RIGLinux
internal import RIGLoop

extension Command {
    static let auditTail = Command(
        name: "audit tail", synopsis: "",
        summary: "show the newest rows, and new ones as they come",
        details: """
            Oldest first. With --follow it stays until it is interrupted, and shows the rows of all
            processes that use this rig.yaml. Under --json each row is one line.
            """,
        options: [
            .toggle("follow", "stay and show new rows as they come", letter: "f"),
            .value("lines", "N", "so many of the newest rows first (default 10)"),
            .config, .json,
        ] + AuditSelection.options,
        examples: ["rig audit tail", "rig audit tail -f --status policy_denied --json"],
        run: tailAudit)

    @RequestLoop
    private static func tailAudit(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let filter = try AuditSelection.filter(arguments)
        let lines = try AuditSelection.number(arguments, "lines", default: 10)
        let interrupted = Interruption()
        if arguments.has("follow") {
            try Signal.block([.interrupt, .terminate])
            try EventLoop.shared.signals([.interrupt, .terminate]) { _ in
                interrupted.happened = true
            }
        }
        var cursor: Int64?
        if let path = try AuditSelection.database(arguments) {
            let newest = try await AuditTail.newest(path, filter, lines)
            show(newest.records, console)
            cursor = newest.cursor
        }
        guard arguments.has("follow") else { return .success }
        while !interrupted.happened {
            var hasMore = false
            if let path = try AuditSelection.database(arguments) {
                let page = try await AuditTail.next(path, filter, after: cursor ?? 0)
                show(page.records, console)
                cursor = page.cursor
                hasMore = page.hasMore
            }
            if !hasMore { await EventLoop.shared.sleep(nanoseconds: 250_000_000) }
        }
        return .success
    }

    private static func show(_ records: [AuditRecord], _ console: Console) {
        guard !records.isEmpty else { return }
        console.out(
            console.isJSON
                ? AuditText.jsonLines(records)
                : Array(records.map(AuditText.line).joined().utf8))
    }
}

/// Reads for a follower, off the loop.
private enum AuditTail {
    /// The newest rows that the filter lets through, oldest first, and where to go on.
    @concurrent
    static func newest(
        _ path: String, _ filter: AuditFilter, _ lines: Int
    ) async throws -> (records: [AuditRecord], cursor: Int64) {
        let reader = try AuditReader.open(path)
        // Asked first: what comes in between is shown by the next look.
        let last = try reader.page(limit: 1).records.first?.seq ?? 0
        guard lines > 0 else { return ([], last) }
        let page = try reader.page(filter, after: last + 1, limit: lines)
        return (page.records.reversed(), last)
    }

    @concurrent
    static func next(
        _ path: String, _ filter: AuditFilter, after cursor: Int64
    ) async throws -> AuditReader.Page {
        try AuditReader.open(path).page(filter, order: .oldestFirst, after: cursor, limit: 1_000)
    }
}
