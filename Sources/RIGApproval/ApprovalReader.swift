package import RIGStore

/// Reads approvals on a connection of its own, off the loop, beside whoever writes.
package struct ApprovalReader: ~Copyable {
    private let database: Database

    package static let limitMax = 1_000

    /// Opens the database for reading; it must be there.
    package static func open(_ path: String) throws(StoreError) -> ApprovalReader {
        ApprovalReader(database: try Database.open(path, schema: .state, access: .reader))
    }

    private init(database: Database) {
        self.database = database
    }

    package func find(_ id: String) throws(SQLiteError) -> ApprovalRecord? {
        let select = try database.prepare(
            "SELECT \(ApprovalRecord.columnList) FROM approval WHERE id = ?")
        select.bind(1, id)
        return try select.step() ? ApprovalRecord(select) : nil
    }

    /// The record that says something about a call with this binding: an open one, or a denial that
    /// still stands. A person who said no is not asked again before the record would have ended.
    package func standing(
        binding: String, at nowMilliseconds: Int64
    ) throws(SQLiteError) -> ApprovalRecord? {
        let select = try database.prepare(
            """
            SELECT \(ApprovalRecord.columnList) FROM approval
            WHERE binding = ? AND expires_ms > ? AND state IN ('pending', 'approved', 'denied')
            ORDER BY created_ms DESC LIMIT 1
            """)
        select.bind(1, binding)
        select.bind(2, nowMilliseconds)
        return try select.step() ? ApprovalRecord(select) : nil
    }

    /// Records that a person can decide, oldest first; or all, newest first.
    package func list(
        all isAll: Bool, at nowMilliseconds: Int64
    ) throws(SQLiteError) -> [ApprovalRecord] {
        let select = try database.prepare(
            isAll
                ? """
                SELECT \(ApprovalRecord.columnList) FROM approval
                WHERE ?1 = ?1 ORDER BY created_ms DESC, id LIMIT \(Self.limitMax)
                """
                : """
                SELECT \(ApprovalRecord.columnList) FROM approval
                WHERE state = 'pending' AND expires_ms > ?1
                ORDER BY created_ms, id LIMIT \(Self.limitMax)
                """)
        select.bind(1, nowMilliseconds)
        var records: [ApprovalRecord] = []
        while try select.step() { records.append(ApprovalRecord(select)) }
        return records
    }
}
