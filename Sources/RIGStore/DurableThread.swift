internal import RIGBytes
internal import RIGLinux

/// The one thread that writes to SQLite: takes a batch, commits it as one transaction with one
/// `fdatasync`, and tells the loop once for all who wait.
///
/// When a commit fails, its waiters are told and its rows are kept (but for withdrawable ones, on
/// whose word nothing was done) and stand first in the next attempt, so that what happened is
/// recorded as soon as the disk takes it, in order.
final class DurableThread {
    private let link: DurableLink
    private let database: Database
    private let tables: [any DurableTable]
    private let limits: DurableLimits
    private let report: @Sendable (DurableBatch) -> Void

    /// Rows of failed commits, framed as in a batch.
    private let kept = ByteBuffer(capacity: 0)
    private var keptRows = 0
    private var fault: SQLiteError?
    private var lingerEndNanoseconds: UInt64?
    /// When a table wants to be asked what is due.
    private var choresNanoseconds: UInt64?

    init(
        link: DurableLink, database: Database, tables: [any DurableTable], limits: DurableLimits,
        report: @escaping @Sendable (DurableBatch) -> Void
    ) {
        self.link = link
        self.database = database
        self.tables = tables
        self.limits = limits
        self.report = report
    }

    /// Writes until the queue is closed and everything is on disk, or cannot be.
    /// - Returns: rows that could not be written.
    func run() -> Int {
        tend()
        while true {
            // Asked before the batch is taken: whatever was given before the close is then seen.
            let isClosing = link.isClosing
            let isUrgent = link.takeUrgency()
            if !isUrgent && !isClosing && fault == nil && link.hasBatch && lingers() { continue }
            if let batch = link.take() {
                lingerEndNanoseconds = nil
                attempt(batch)
                tend()
            } else if isClosing {
                if keptRows > 0 { attempt(DurableBatch()) }
                tend(isClosing: true)
                return keptRows
            } else if !link.sleep(milliseconds: idleMilliseconds) {
                if fault != nil { attempt(DurableBatch()) }
                tend()
            }
        }
    }

    /// Does what the tables have to do beside their rows, once whoever waited was told.
    private func tend(isClosing: Bool = false) {
        choresNanoseconds = nil
        guard fault == nil else { return }
        var soonest: Int?
        for table in tables {
            guard let wanted = table.tend(isClosing: isClosing) else { continue }
            soonest = min(soonest ?? wanted, wanted)
        }
        choresNanoseconds = soonest.map {
            MonotonicClock.nowNanoseconds() + UInt64(max(0, $0)) * 1_000_000
        }
    }

    /// How long to sleep when nobody rings; nil for until then.
    private var idleMilliseconds: Int? {
        if fault != nil { return limits.retryMilliseconds }
        guard let end = choresNanoseconds else { return nil }
        let now = MonotonicClock.nowNanoseconds()
        return end <= now ? 0 : Int((end - now + 999_999) / 1_000_000)
    }

    /// Waits for company for rows that nobody waits for. False: their time is over.
    private func lingers() -> Bool {
        let now = MonotonicClock.nowNanoseconds()
        let end = lingerEndNanoseconds ?? now + UInt64(limits.lingerMilliseconds) * 1_000_000
        lingerEndNanoseconds = end
        guard now < end else { return false }
        link.linger(milliseconds: Int((end - now + 999_999) / 1_000_000))
        return true
    }

    private func attempt(_ batch: DurableBatch) {
        batch.rowsGone = 0
        batch.bytesGone = 0
        do throws(SQLiteError) {
            try database.immediate { () throws(SQLiteError) in
                var begun = [Bool](repeating: false, count: tables.count)
                if fault != nil { try probe() }
                try write(kept, begun: &begun, refusals: nil)
                try write(batch.bytes, begun: &begun, refusals: batch)
            }
            fault = nil
            batch.rowsGone = keptRows + batch.rows
            batch.bytesGone = kept.count + batch.bytes.count
            kept.removeAll()
            keptRows = 0
        } catch {
            fault = error
            keep(batch)
        }
        batch.fault = fault
        report(batch)
    }

    private func write(
        _ bytes: ByteBuffer, begun: inout [Bool], refusals: DurableBatch?
    ) throws(SQLiteError) {
        var offset = 0
        var strictPlace = 0
        var codeBefore: UInt32 = 0
        while offset < bytes.count {
            let row = DurableRow(bytes, at: offset)
            offset = row.payload.end
            defer { if row.isStrict { strictPlace += 1 } }
            if row.isBarrier { continue }
            let number = Int(row.table)
            if !begun[number] {
                try tables[number].begin()
                begun[number] = true
            }
            let isRuledOut = row.isConditional && codeBefore != 0
            let code = isRuledOut ? codeBefore : try tables[number].write(bytes, row.payload)
            codeBefore = code
            if code != 0 && row.isStrict {
                refusals?.refusals.append((place: strictPlace, code: code))
            }
        }
    }

    /// Keeps a failed batch's rows for the next attempt.
    private func keep(_ batch: DurableBatch) {
        batch.refusals.removeAll()
        var offset = 0
        while offset < batch.bytes.count {
            let row = DurableRow(batch.bytes, at: offset)
            let whole = ByteRange(offset: offset, count: row.payload.end - offset)
            offset = row.payload.end
            if row.isWithdrawable || row.isBarrier {
                batch.rowsGone += 1
                batch.bytesGone += whole.count
            } else {
                kept.append(batch.bytes, whole)
                keptRows += 1
            }
        }
    }

    /// A write that changes nothing and still has to reach the disk: proves that writes work again
    /// when no row is left to prove it.
    private func probe() throws(SQLiteError) {
        let id = try database.integer("PRAGMA application_id")
        try database.execute("PRAGMA application_id = \(id)")
    }
}
