internal import RIGAudit
internal import RIGBytes
internal import RIGLinux

/// Rows of the audit for eyes and for programs.
enum AuditText {
    static func table(_ records: [AuditRecord]) -> String {
        var table = Table("SEQ", "TIME", "KIND", "TOOL", "STATUS", "RULE", "TENANT", "ACTOR", "MS")
        for row in records {
            let milliseconds = Double(row.durationMicroseconds / 100) / 10
            table.add(
                String(row.seq), Timestamp.text(milliseconds: row.timeMilliseconds), row.kind,
                row.tool, row.status.isEmpty ? "-" : row.status,
                row.decision.isEmpty ? "-" : row.decision, row.tenant, row.actor,
                String(milliseconds))
        }
        return table.text
    }

    /// One row on one line, columns as wide as is usual: for rows that come one by one.
    static func line(_ row: AuditRecord) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            let text = Printable.escaped(text)
            return text + String(repeating: " ", count: max(0, width - text.count))
        }
        let end = row.status.isEmpty ? "-" : row.status
        let words = [
            padded(String(row.seq), 6), Timestamp.text(milliseconds: row.timeMilliseconds),
            padded(row.kind, 8), padded(row.tool, 24), padded(end, 18),
            padded(row.decision.isEmpty ? "-" : row.decision, 16),
            Printable.escaped(row.tenant + "/" + row.actor),
        ]
        return words.joined(separator: "  ") + "\n"
    }

    /// Rows as lines of JSON, in the form that the chain hashes, with `hash`.
    static func jsonLines(_ records: [AuditRecord]) -> [UInt8] {
        let buffer = ByteBuffer(capacity: 1024)
        for record in records {
            record.appendJSON(to: buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
        return buffer.array(buffer.range)
    }

    /// The first line of a CSV file.
    static let csvHeader =
        "seq,time,kind,call_id,correlation_id,tenant,actor,tool,pack,pack_version,snapshot,risk,"
        + "decision,status,attempts,duration_us,worker_pid,front,sandbox,args_digest,args,note,run,"
        + "hash\r\n"

    /// Rows as CSV (RFC 4180).
    static func csv(_ records: [AuditRecord]) -> [UInt8] {
        var text = ""
        for row in records {
            let cells = [
                String(row.seq), Timestamp.text(milliseconds: row.timeMilliseconds), row.kind,
                row.callID, row.correlationID, row.tenant, row.actor, row.tool, row.pack,
                row.packVersion, row.snapshot, row.risk, row.decision, row.status,
                String(row.attempts), String(row.durationMicroseconds), String(row.workerPID),
                row.front, row.sandbox, row.argsDigest, row.args, row.note, String(row.run),
                Hex.encode(row.hash),
            ]
            text += cells.map(cell).joined(separator: ",") + "\r\n"
        }
        return Array(text.utf8)
    }

    private static func cell(_ text: String) -> String {
        guard text.contains(where: { "\",\r\n".contains($0) }) else { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
