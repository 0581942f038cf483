package import RIGBytes
package import RIGStore

/// The chain that makes edits show: each row's hash covers the row and the hash before it.
package enum AuditChain {
    /// Stands before the first row.
    package static let origin = Digest(words: (0, 0, 0, 0))

    /// What a walk over the whole chain found.
    package enum Verdict: Sendable, Equatable {
        /// All rows link up; `head` is the last one's hash. A tail that was cut off does not show
        /// here, nor rows that were all linked anew: those the checkpoints tell (`AuditVerifier`).
        case intact(rows: Int64, head: Digest)
        /// The first row that is not as it was written, is missing, or stands elsewhere.
        case broken(seq: Int64)
    }

    /// Where a walk ended.
    enum Walk {
        case end(AuditLink)
        /// A row that does not link up with those before it.
        case changed(seq: Int64)
        /// There is no row of this number, but later ones.
        case missing(seq: Int64)
    }

    /// Walks the chain on one view of the database, from where its newest checkpoint says that it
    /// begins.
    package static func verify(_ database: Database) throws(SQLiteError) -> Verdict {
        try database.reading { () throws(SQLiteError) in
            let newest = try database.prepare(
                """
                SELECT start_seq, start_hash FROM audit_checkpoint
                ORDER BY number DESC LIMIT 1
                """)
            var start = AuditLink.origin
            if try newest.step() {
                start = AuditLink(newest)
                newest.reset()
            }
            switch try walk(database, from: start, visit: { _ in }) {
            case .end(let last): return .intact(rows: last.seq - start.seq, head: last.hash)
            case .changed(let seq), .missing(let seq): return .broken(seq: seq)
            }
        }
    }

    /// Walks in the open transaction, calling `visit` for every row that links up.
    static func walk(
        _ database: Database, from start: AuditLink, visit: (AuditLink) -> Void
    ) throws(SQLiteError) -> Walk {
        let rows = try database.prepare(
            "SELECT seq, \(AuditRecord.columns) FROM audit_row WHERE seq > ? ORDER BY seq")
        rows.bind(1, start.seq)
        defer { rows.reset() }
        var last = start
        while try rows.step() {
            let record = AuditRecord(rows)
            guard record.seq == last.seq + 1 else { return .missing(seq: last.seq + 1) }
            let expected = record.expectedHash(after: last.hash)
            guard record.hash == expected.bytes else { return .changed(seq: record.seq) }
            last = AuditLink(seq: record.seq, hash: expected)
            visit(last)
        }
        return .end(last)
    }
}
