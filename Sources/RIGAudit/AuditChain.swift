package import RIGBytes
package import RIGStore

/// The chain that makes edits show: each row's hash covers the row and the hash before it.
package enum AuditChain {
    /// Stands before the first row.
    package static let origin = Digest(words: (0, 0, 0, 0))

    /// What a walk over the whole chain found.
    package enum Verdict: Sendable, Equatable {
        /// All rows link up; `head` is the last one's hash. A tail that was cut off does not show
        /// here: compare `head` and `rows` with what was noted elsewhere.
        case intact(rows: Int64, head: Digest)
        /// The first row that is not as it was written, is missing, or stands elsewhere.
        case broken(seq: Int64)
    }

    /// Walks the chain on one view of the database.
    package static func verify(_ database: Database) throws(SQLiteError) -> Verdict {
        try database.reading { () throws(SQLiteError) in
            let rows = try database.prepare(
                "SELECT seq, \(AuditRecord.columns) FROM audit_row ORDER BY seq")
            var seq: Int64 = 0
            var head = origin
            while try rows.step() {
                let record = AuditRecord(rows)
                let expected = record.expectedHash(after: head)
                guard record.seq == seq + 1, record.hash == expected.bytes else {
                    rows.reset()
                    return .broken(seq: seq + 1)
                }
                seq += 1
                head = expected
            }
            return .intact(rows: seq, head: head)
        }
    }
}
