internal import RIGApproval
internal import RIGJSON
internal import RIGLinux
internal import RIGModel

/// Approvals in words: what a person decides on must be shown as it is, and all of it.
enum ApprovalText {
    static func table(_ records: [ApprovalRecord], _ now: Int64) -> String {
        guard !records.isEmpty else { return "no approvals\n" }
        var table = Table("ID", "STATE", "TOOL", "RISK", "TENANT", "ACTOR", "EXPIRES", "ARGUMENTS")
        for record in records {
            table.add(
                record.id, record.state(at: now).rawValue, record.tool, record.risk, record.tenant,
                record.actor, Timestamp.text(milliseconds: record.expiresMilliseconds),
                short(record))
        }
        return table.text
    }

    private static let shortCharactersMax = 60

    private static func short(_ record: ApprovalRecord) -> String {
        guard let args = record.args else { return "-" }
        return args.count > shortCharactersMax || record.isCut
            ? String(args.prefix(shortCharactersMax)) + "…" : args
    }

    /// One approval with the whole of its arguments, every character visible.
    static func block(_ record: ApprovalRecord, _ now: Int64) -> String {
        var lines = [
            ("state", record.state(at: now).rawValue),
            ("tool", "\(record.tool) (\(record.risk))"),
            ("pack", "\(record.pack) \(record.packVersion)"),
            ("caller", "tenant \(record.tenant), actor \(record.actor), by \(record.front)"),
            ("rule", record.rule),
            ("asked", Timestamp.text(milliseconds: record.createdMilliseconds)),
            ("expires", Timestamp.text(milliseconds: record.expiresMilliseconds)),
        ]
        if record.decidedMilliseconds > 0 {
            let note = record.note.isEmpty ? "" : ": \(record.note)"
            let time = Timestamp.text(milliseconds: record.decidedMilliseconds)
            lines.append(("decided", "\(time) by \(record.decidedBy) (\(record.channel))\(note)"))
        }
        if record.consumedMilliseconds > 0 {
            let time = Timestamp.text(milliseconds: record.consumedMilliseconds)
            lines.append(("used", "\(time) by call \(record.consumedBy)"))
        }
        lines.append(("digest", record.argsDigest))
        lines.append(("arguments", record.args ?? "no longer kept"))
        var text = record.id + "\n"
        for (name, value) in lines {
            let gap = String(repeating: " ", count: 11 - name.count)
            text += "  \(name)\(gap)\(Printable.escaped(value))\n"
        }
        if record.isCut {
            text += "             … cut: all of it has \(record.argsBytes) bytes\n"
        }
        return text
    }

    static func json(_ record: ApprovalRecord, _ now: Int64) -> JSONValue {
        record.json(at: now)
    }

    /// Why an approval cannot be decided or shown.
    static func failure(_ id: String, _ refusal: ApprovalRefusal) -> Failure {
        let why =
            switch refusal {
            case .unknown: "there is no such approval"
            case .approved: "it is approved already"
            case .denied: "it was denied"
            case .expired: "it has expired"
            case .consumed: "it was used already"
            case .mismatch: "the record is not as it was made"
            case .pending, .alreadyAsked, .tooMany: "it cannot be decided now"
            }
        return Failure(
            id, why, hint: "rig approvals lists those that wait", code: .refused,
            type: ErrorType.approvalInvalid.rawValue)
    }
}
