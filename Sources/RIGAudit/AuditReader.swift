package import RIGStore

/// Reads the audit on a connection of its own, off the loop, beside whoever writes.
package struct AuditReader: ~Copyable {
    private let database: Database

    package enum Order: Sendable {
        case newestFirst
        case oldestFirst
    }

    /// Some rows and where the next ones begin.
    package struct Page: Sendable {
        package var records: [AuditRecord]
        /// For the next page in the same order. Rows are numbered and never change, so pages neither
        /// skip nor repeat one, however many are written meanwhile. Oldest first it also stands at
        /// the end of what there is, for following; nil before any row was seen.
        package var cursor: Int64?
        package var hasMore: Bool
    }

    package static let limitMax = 10_000

    /// Opens the database for reading; it must be there.
    package static func open(_ path: String) throws(StoreError) -> AuditReader {
        AuditReader(database: try Database.open(path, schema: .state, access: .reader))
    }

    private init(database: Database) {
        self.database = database
    }

    /// - Parameters:
    ///   - cursor: From the page before; nil for the first page.
    ///   - limit: Rows at most, 1 to `limitMax`; what lies outside is moved there.
    package func page(
        _ filter: AuditFilter = AuditFilter(), order: Order = .newestFirst,
        after cursor: Int64? = nil, limit: Int = 100
    ) throws(SQLiteError) -> Page {
        let limit = min(max(limit, 1), Self.limitMax)
        let statement = try select(filter, order, cursor)
        var records: [AuditRecord] = []
        while try statement.step() {
            if records.count == limit {
                return Page(records: records, cursor: records.last?.seq, hasMore: true)
            }
            records.append(AuditRecord(statement))
        }
        return Page(records: records, cursor: records.last?.seq ?? cursor, hasMore: false)
    }

    /// Walks the whole chain.
    package func verify() throws(SQLiteError) -> AuditChain.Verdict {
        try AuditChain.verify(database)
    }

    private func select(
        _ filter: AuditFilter, _ order: Order, _ cursor: Int64?
    ) throws(SQLiteError) -> Statement {
        var conditions = filter.conditions
        if let cursor {
            let sql = order == .newestFirst ? "seq < ?" : "seq > ?"
            conditions.append((sql, .integer(cursor)))
        }
        var sql = "SELECT seq, \(AuditRecord.columns) FROM audit_row"
        if !conditions.isEmpty {
            sql += " WHERE " + conditions.map(\.sql).joined(separator: " AND ")
        }
        sql += " ORDER BY seq" + (order == .newestFirst ? " DESC" : "")
        let statement = try database.prepare(sql)
        for (index, condition) in conditions.enumerated() {
            switch condition.value {
            case .text(let text): statement.bind(index + 1, text)
            case .integer(let number): statement.bind(index + 1, number)
            }
        }
        return statement
    }
}
