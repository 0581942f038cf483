internal import RIGAudit
internal import RIGLinux

/// Which rows of the audit a command is about, from its command line.
enum AuditSelection {
    static let options: [Option] = [
        .value("tool", "NAME", "only this tool; * stands for any run of characters"),
        .value("tenant", "NAME", "only this tenant"),
        .value("actor", "NAME", "only this actor"),
        .value("status", "WORD", "only this end: ok, policy_denied, timeout …"),
        .value("kind", "KIND", "intent, outcome, approval or egress"),
        .value("correlation", "ID", "only calls with this correlation id"),
        .value("since", "TIME", "not before, such as 2026-01-31T12:00:00Z"),
        .value("until", "TIME", "before"),
    ]

    static func filter(_ arguments: Arguments) throws -> AuditFilter {
        var filter = AuditFilter()
        filter.tool = arguments["tool"]
        filter.tenant = arguments["tenant"]
        filter.actor = arguments["actor"]
        filter.status = arguments["status"]
        filter.correlationID = arguments["correlation"]
        if let word = arguments["kind"] {
            guard let kind = AuditRow.Kind(rawValue: word) else {
                throw UsageError("--kind is intent, outcome, approval or egress", nil)
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

    static func number(
        _ arguments: Arguments, _ name: String, default: Int
    ) throws -> Int {
        guard let text = arguments[name] else { return `default` }
        guard let number = Int(text), number >= 0 else {
            throw UsageError("--\(name) is no number", nil)
        }
        return number
    }

    /// The database, or nil when no call was made yet.
    static func database(_ arguments: Arguments) throws -> String? {
        let path = try Workplace.find(arguments).database()
        return try FileStatus.ifPresent(path) == nil ? nil : path
    }
}
