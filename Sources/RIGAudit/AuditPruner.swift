internal import RIGBytes
internal import RIGLinux
internal import RIGStore

/// Removes rows that are older than they are kept, from the chain's beginning, on the durable thread
/// and in steps so short that no commit waits for more than one.
///
/// A signed checkpoint first says where the chain begins from now on, then the rows before it are
/// deleted: whatever happens in between, the audit verifies. Rows are walked before they are given
/// up, so that pruning never removes the traces of an edit. Not pruned are the last row, rows of
/// calls that are still open, and what a configured sink has not had.
final class AuditPruner {
    private let database: Database
    private let notary: AuditNotary
    private let files: AuditFiles
    private let options: AuditOptions
    private let troubles: AuditTroubles

    private enum State {
        case waiting(untilNanoseconds: UInt64)
        /// Deletes what an earlier checkpoint gave up.
        case clearing
        /// Looks for the last row that is old enough.
        case seeking(Search)
    }

    private struct Search {
        let start: AuditLink
        var last: AuditLink
        /// Rows of this time and later stay, …
        let timeMilliseconds: Int64
        /// … and rows after this one.
        let seqMax: Int64
    }

    private var state = State.clearing
    private static let part = "retention"
    private static let rowsAStep = 200
    private static let retryMilliseconds = 60_000

    init(
        _ database: Database, _ notary: AuditNotary, _ files: AuditFiles, _ options: AuditOptions,
        _ troubles: AuditTroubles
    ) {
        self.database = database
        self.notary = notary
        self.files = files
        self.options = options
        self.troubles = troubles
    }

    /// Takes one step.
    /// - Returns: in how many milliseconds to be asked again; nil when nothing is ever pruned.
    func tend() -> Int? {
        guard let retention = options.retentionMilliseconds else { return nil }
        do throws(StoreError) {
            switch state {
            case .waiting(let until):
                let now = MonotonicClock.nowNanoseconds()
                guard now >= until else { return Int((until - now + 999_999) / 1_000_000) }
                state = .clearing
            case .clearing:
                if try clear() {
                    try notary.cutFile()
                    state = .seeking(try search(retention))
                }
            case .seeking(let search):
                return try advance(search)
            }
            return 0
        } catch {
            return fail("\(error)")
        }
    }

    private func wait(milliseconds: Int) -> Int {
        state = .waiting(
            untilNanoseconds: MonotonicClock.nowNanoseconds() + UInt64(milliseconds) * 1_000_000)
        return milliseconds
    }

    private func fail(_ why: String) -> Int {
        troubles.set(Self.part, why)
        return wait(milliseconds: min(Self.retryMilliseconds, options.pruningMilliseconds))
    }

    /// Deletes some of what lies before the chain's beginning.
    /// - Returns: whether nothing is left there.
    private func clear() throws(StoreError) -> Bool {
        try StoreError.wrap { () throws(SQLiteError) in
            let start = try notary.start().seq
            let first = try database.integer("SELECT seq FROM audit_row ORDER BY seq LIMIT 1")
            let oldest = try database.integer(
                "SELECT seq FROM audit_checkpoint ORDER BY number LIMIT 1")
            guard start > 0, first > 0 && first <= start || oldest < start else { return true }
            try database.immediate { () throws(SQLiteError) in
                for sql in [
                    """
                    DELETE FROM audit_row WHERE seq IN
                      (SELECT seq FROM audit_row WHERE seq <= ? ORDER BY seq LIMIT ?)
                    """,
                    """
                    DELETE FROM audit_checkpoint WHERE number IN
                      (SELECT number FROM audit_checkpoint WHERE seq < ? ORDER BY number LIMIT ?)
                    """,
                ] {
                    let delete = try database.prepare(sql)
                    delete.bind(1, start)
                    delete.bind(2, Int64(Self.rowsAStep))
                    try delete.run()
                }
            }
            return false
        }
    }

    private func search(_ retention: Int64) throws(StoreError) -> Search {
        var seqMax = Int64.max
        for sink in options.sinks {
            let cursor = AuditCursor(files, sink)
            seqMax = min(
                seqMax, try StoreError.wrapSystem { () throws(Errno) in try cursor.read() })
        }
        return try StoreError.wrap { () throws(SQLiteError) in
            let start = try notary.start()
            let last = try database.integer("SELECT seq FROM audit_row ORDER BY seq DESC LIMIT 1")
            let open = try database.integer("SELECT coalesce(min(seq), 0) FROM audit_open")
            return Search(
                start: start, last: start,
                timeMilliseconds: WallClock.nowMilliseconds() - retention,
                seqMax: min(seqMax, last - 1, open > 0 ? open - 1 : .max))
        }
    }

    /// Walks on over some rows; at the first that stays, gives up those before it.
    private func advance(_ before: Search) throws(StoreError) -> Int {
        var search = before
        let rows = try StoreError.wrap { () throws(SQLiteError) in
            try page(after: search.last.seq)
        }
        for record in rows {
            let isOld = record.timeMilliseconds < search.timeMilliseconds
            guard isOld, record.seq <= search.seqMax else { return giveUp(search) }
            let expected = record.expectedHash(after: search.last.hash)
            guard record.seq == search.last.seq + 1, record.hash == expected.bytes else {
                return fail(
                    "row \(search.last.seq + 1) is not as it was written; nothing is pruned")
            }
            search.last = AuditLink(seq: record.seq, hash: expected)
        }
        guard !rows.isEmpty else { return giveUp(search) }
        state = .seeking(search)
        return 0
    }

    private func page(after seq: Int64) throws(SQLiteError) -> [AuditRecord] {
        let select = try database.prepare(
            "SELECT seq, \(AuditRecord.columns) FROM audit_row WHERE seq > ? ORDER BY seq LIMIT ?")
        select.bind(1, seq)
        select.bind(2, Int64(Self.rowsAStep))
        var rows: [AuditRecord] = []
        while try select.step() { rows.append(AuditRecord(select)) }
        return rows
    }

    private func giveUp(_ search: Search) -> Int {
        guard search.last.seq > search.start.seq else {
            troubles.set(Self.part, nil)
            return wait(milliseconds: options.pruningMilliseconds)
        }
        switch notary.attempt(start: search.last) {
        case .done:
            state = .clearing
            return 0
        case .locked:
            state = .seeking(search)
            return 20
        case .failed:
            return fail("the checkpoint could not be made")
        }
    }
}
