internal import RIGBytes
internal import RIGLinux
internal import RIGModel
internal import RIGStore

/// Why the table of keys said no; the raw value travels as the row's code and differs from those of
/// the tables whose rows may stand in the same chain of conditions.
package enum KeyRefusal: UInt32, Error, Sendable, CaseIterable {
    /// Somebody else has begun or ended a call with this key since it was looked for.
    case taken = 1_001
    /// `Limits.replayKeysMax` are kept.
    case tooMany
}

/// What may be kept; as it is but for tests.
struct KeyLimits: Sendable {
    var keysMax = Limits.replayKeysMax
    var bytesMax = Limits.replayBytesTotalMax
}

/// The keys' end of the durable thread: a key is claimed, finished and released inside the
/// transactions that hold the intent and the outcome of its call, so that what the record knows of a
/// call and what its key answers never differ.
///
/// A row is `open` from its call's intent on. It is the open list of the audit that says what that
/// means: a call that stands there is at work; one that does not has ended without a word, with its
/// process, and nobody knows how.
final class KeyTable: DurableTable {
    /// Rows deleted in one go: others wait meanwhile.
    private static let purgeRowsMax = 500
    private static let purgeMilliseconds = 60_000

    private let database: Database
    private let limits: KeyLimits
    private let find: Statement
    private let total: Statement
    private let remove: Statement
    private let insert: Statement
    private let finish: Statement
    private let release: Statement
    private let dropOldest: Statement
    private let purge: Statement
    private var nextPurgeNanoseconds: UInt64 = 0

    init(_ database: Database, _ limits: KeyLimits = KeyLimits()) throws(SQLiteError) {
        self.database = database
        self.limits = limits
        find = try database.prepare(
            """
            SELECT state, expires_ms, EXISTS (
              SELECT 1 FROM audit_open WHERE audit_open.call_id = idempotency.call_id)
            FROM idempotency WHERE scope = ?
            """)
        total = try database.prepare("SELECT keys, bytes FROM idempotency_total")
        remove = try database.prepare("DELETE FROM idempotency WHERE scope = ?")
        insert = try database.prepare(
            """
            INSERT INTO idempotency(scope, fingerprint, state, call_id, expires_ms)
            VALUES (?, ?, 'open', ?, ?)
            """)
        finish = try database.prepare(
            """
            UPDATE idempotency SET state = 'done', expires_ms = ?3, is_output = ?4, meta = ?5,
              body_bytes = ?6, body = ?7
            WHERE scope = ?1 AND call_id = ?2
            """)
        release = try database.prepare(
            "DELETE FROM idempotency WHERE scope = ? AND call_id = ?")
        dropOldest = try database.prepare(
            """
            UPDATE idempotency SET body = NULL WHERE id IN (
              SELECT id FROM idempotency WHERE body IS NOT NULL ORDER BY expires_ms LIMIT 64)
            """)
        purge = try database.prepare(
            """
            DELETE FROM idempotency WHERE id IN (
              SELECT id FROM idempotency WHERE expires_ms <= ? ORDER BY expires_ms
              LIMIT \(Self.purgeRowsMax))
            """)
    }

    /// Nothing is remembered between rows.
    func begin() {}

    func write(_ buffer: ByteBuffer, _ payload: ByteRange) throws(SQLiteError) -> UInt32 {
        var row = KeyRowReader(buffer, payload)
        switch row.letter {
        case UInt8(ascii: "c"), UInt8(ascii: "?"):
            return try claim(&row, buffer)?.rawValue ?? 0
        case UInt8(ascii: "f"):
            try end(&row, buffer)
        case UInt8(ascii: "r"):
            release.bind(1, lent: buffer, row.scope)
            release.bind(2, lent: buffer, row.callID)
            try release.run()
        default:
            preconditionFailure("a row of keys begins with its letter")
        }
        return 0
    }

    private func claim(
        _ row: inout KeyRowReader, _ buffer: ByteBuffer
    ) throws(SQLiteError) -> KeyRefusal? {
        let now = row.nowMilliseconds
        let fingerprint = row.text()
        let repeats = row.text().count > 0
        if try isTaken(buffer, row.scope, now, repeats: repeats) { return .taken }
        if try totals().keys >= limits.keysMax { return .tooMany }
        guard row.letter == UInt8(ascii: "c") else { return nil }
        // What ran out or may be repeated makes way.
        remove.bind(1, lent: buffer, row.scope)
        try remove.run()
        insert.bind(1, lent: buffer, row.scope)
        insert.bind(2, lent: buffer, fingerprint)
        insert.bind(3, lent: buffer, row.callID)
        // Outlives the longest call, so that a key is never free while its call is at work.
        insert.bind(
            4, now + Limits.replayMilliseconds + Int64(Limits.callTimeoutMillisecondsMax))
        try insert.run()
        return nil
    }

    private func isTaken(
        _ buffer: ByteBuffer, _ scope: ByteRange, _ now: Int64, repeats: Bool
    ) throws(SQLiteError) -> Bool {
        find.bind(1, lent: buffer, scope)
        defer { find.reset() }
        guard try find.step(), find.int(1) > now else { return false }
        let isAtWork = find.int(2) != 0
        return find.text(0) == "done" || isAtWork || !repeats
    }

    private func end(_ row: inout KeyRowReader, _ buffer: ByteBuffer) throws(SQLiteError) {
        let isOutput = row.text().count > 0
        let meta = row.text()
        let bytes = row.count()
        let body = row.text()
        let isKept = body.count == bytes
        if isKept { try makeRoom(bytes) }
        finish.bind(1, lent: buffer, row.scope)
        finish.bind(2, lent: buffer, row.callID)
        finish.bind(3, row.nowMilliseconds + Limits.replayMilliseconds)
        finish.bind(4, isOutput ? 1 : 0)
        finish.bind(5, lent: buffer, meta)
        finish.bind(6, Int64(bytes))
        if isKept { finish.bind(7, lent: buffer, body) } else { finish.bindNull(7) }
        try finish.run()
    }

    /// Forgets the oldest outputs, never their keys: such a call is still not run again.
    private func makeRoom(_ bytes: Int) throws(SQLiteError) {
        var held = try totals().bytes
        while held > 0, held + Int64(bytes) > limits.bytesMax {
            try dropOldest.run()
            let left = try totals().bytes
            precondition(left < held, "what is dropped is counted")
            held = left
        }
    }

    private func totals() throws(SQLiteError) -> (keys: Int64, bytes: Int64) {
        defer { total.reset() }
        return try total.step() ? (total.int(0), total.int(1)) : (0, 0)
    }

    /// Deletes keys whose time is over.
    func tend(isClosing: Bool) -> Int? {
        let now = MonotonicClock.nowNanoseconds()
        guard !isClosing, now >= nextPurgeNanoseconds else {
            return isClosing ? nil : Int((nextPurgeNanoseconds - now) / 1_000_000) + 1
        }
        var wait = Self.purgeMilliseconds
        do throws(SQLiteError) {
            let before = try totals().keys
            try database.immediate { () throws(SQLiteError) in
                purge.bind(1, WallClock.nowMilliseconds())
                try purge.run()
            }
            if try before - totals().keys >= Self.purgeRowsMax { wait = 100 }
        } catch {
            // The rows are still there and no use to anybody: the next time will do. Whether the
            // disk works is found by rows that matter.
            wait = Self.purgeMilliseconds
        }
        nextPurgeNanoseconds = now + UInt64(wait) * 1_000_000
        return wait
    }
}
