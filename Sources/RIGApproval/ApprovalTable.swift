internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGModel
internal import RIGStore

/// The approvals' end of the durable thread. Every change of state is read, judged by `ApprovalState`
/// and written inside one write transaction, which is what makes an approval single use: whoever
/// comes second, in this process or another, reads what the first one wrote.
final class ApprovalTable: DurableTable {
    private let count: Statement
    private let sameCall: Statement
    private let expire: Statement
    private let insert: Statement
    private let find: Statement
    private let decide: Statement
    private let consume: Statement
    private let forget: Statement
    private let database: Database
    private let keptMilliseconds: Int64?
    private var forgetsAtMilliseconds: Int64 = 0

    private static let forgottenAtOnce = 200
    private static let forgetsEveryMilliseconds: Int64 = 3_600_000

    /// - Parameter kept: How long records are kept behind their end; nil for ever.
    init(_ database: Database, keptMilliseconds kept: Int64?) throws(SQLiteError) {
        self.database = database
        keptMilliseconds = kept
        forget = try database.prepare(
            """
            DELETE FROM approval WHERE id IN (
              SELECT id FROM approval
              WHERE state IN ('consumed', 'denied', 'expired') AND expires_ms <= ? LIMIT ?)
            """)
        count = try database.prepare(
            """
            SELECT count(*) FROM approval
            WHERE state IN ('pending', 'approved') AND expires_ms > ?
            """)
        sameCall = try database.prepare(
            """
            SELECT 1 FROM approval
            WHERE binding = ? AND expires_ms > ? AND state IN ('pending', 'approved', 'denied')
            """)
        expire = try database.prepare(
            """
            UPDATE approval SET state = 'expired', args = NULL
            WHERE state IN ('pending', 'approved') AND expires_ms <= ?
            """)
        let places = ApprovalRecord.askedColumns.map { _ in "?" }.joined(separator: ", ")
        let names = ApprovalRecord.askedColumns.joined(separator: ", ")
        insert = try database.prepare("INSERT INTO approval(\(names)) VALUES (\(places))")
        find = try database.prepare(
            "SELECT state, binding, seal, expires_ms FROM approval WHERE id = ?")
        decide = try database.prepare(
            """
            UPDATE approval SET state = ?2, decided_ms = ?3, decided_by = ?4, channel = ?5,
              note = ?6, args = CASE WHEN ?2 = 'approved' THEN args END
            WHERE id = ?1
            """)
        consume = try database.prepare(
            """
            UPDATE approval SET state = 'consumed', consumed_ms = ?2, consumed_by = ?3, args = NULL
            WHERE id = ?1
            """)
        // What ran out while nobody was here keeps its arguments no longer.
        try runExpiry(WallClock.nowMilliseconds())
    }

    /// Nothing is remembered between rows.
    func begin() {}

    /// Takes away records that are over for as long as they are kept; a token of one names nothing
    /// from then on. The audit's rows of it go by their own age. A failure waits for the next time.
    func tend(isClosing: Bool) -> Int? {
        guard let kept = keptMilliseconds, !isClosing else { return nil }
        let now = WallClock.nowMilliseconds()
        if now >= forgetsAtMilliseconds {
            do throws(SQLiteError) {
                try runExpiry(now)
                forget.bind(1, now - kept)
                forget.bind(2, Int64(Self.forgottenAtOnce))
                try forget.run()
                if database.changes == Self.forgottenAtOnce { return 0 }
            } catch {
                forgetsAtMilliseconds = now + Self.forgetsEveryMilliseconds
                return Int(Self.forgetsEveryMilliseconds)
            }
            forgetsAtMilliseconds = now + Self.forgetsEveryMilliseconds
        }
        return Int(forgetsAtMilliseconds - now)
    }

    func write(_ buffer: ByteBuffer, _ payload: ByteRange) throws(SQLiteError) -> UInt32 {
        let (row, now) = ApprovalRow.read(buffer, payload)
        let refusal: ApprovalRefusal?
        switch row {
        case .ask(let columns):
            refusal = try ask(columns, now)
        case .decide(let id, let seal, let event, let by, let channel, let note):
            refusal = try change(id, event, now, unless: { $0.seal != seal }) {
                (state) throws(SQLiteError) in
                decide.bind(1, id)
                decide.bind(2, state.rawValue)
                decide.bind(3, now)
                decide.bind(4, by)
                decide.bind(5, channel)
                decide.bind(6, note)
                try decide.run()
            }
        case .consume(let id, let binding, let callID):
            refusal = try change(id, .consume, now, unless: { $0.binding != binding }) {
                (_) throws(SQLiteError) in
                consume.bind(1, id)
                consume.bind(2, now)
                consume.bind(3, callID)
                try consume.run()
            }
        }
        return refusal?.rawValue ?? 0
    }

    private func ask(_ columns: JSONObject, _ now: Int64) throws(SQLiteError) -> ApprovalRefusal? {
        sameCall.bind(1, columns["binding"]?.string ?? "")
        sameCall.bind(2, now)
        defer { sameCall.reset() }
        if try sameCall.step() { return .alreadyAsked }
        count.bind(1, now)
        defer { count.reset() }
        if try count.step(), count.int(0) >= Limits.approvalsOpenMax { return .tooMany }
        // Also makes way for a record of the same call that ran out.
        try runExpiry(now)
        for (index, name) in ApprovalRecord.askedColumns.enumerated() {
            switch columns[name] {
            case .string(let text): insert.bind(index + 1, text)
            case .number(let number): insert.bind(index + 1, number.int64 ?? 0)
            default: insert.bindNull(index + 1)
            }
        }
        try insert.run()
        return nil
    }

    /// A row's terms as they stand in the open transaction.
    private struct Terms {
        let state: ApprovalState
        let binding: String
        let seal: String
        let expiresMilliseconds: Int64
    }

    private func change(
        _ id: String, _ event: ApprovalEvent, _ now: Int64, unless isOther: (Terms) -> Bool,
        _ write: (ApprovalState) throws(SQLiteError) -> Void
    ) throws(SQLiteError) -> ApprovalRefusal? {
        guard let terms = try terms(id) else { return .unknown }
        guard !isOther(terms), Self.isSealed(id, terms) else { return .mismatch }
        let next: ApprovalState
        do throws(ApprovalRefusal) {
            next = try terms.state.at(now, expires: terms.expiresMilliseconds).after(event)
        } catch {
            return error
        }
        try write(next)
        return nil
    }

    private func terms(_ id: String) throws(SQLiteError) -> Terms? {
        find.bind(1, id)
        defer { find.reset() }
        guard try find.step() else { return nil }
        guard let state = ApprovalState(rawValue: find.text(0)) else {
            preconditionFailure("the table's CHECK holds states to the five there are")
        }
        return Terms(
            state: state, binding: find.text(1), seal: find.text(2),
            expiresMilliseconds: find.int(3))
    }

    private static func isSealed(_ id: String, _ terms: Terms) -> Bool {
        guard let binding = Digest(hex: terms.binding) else { return false }
        let seal = ApprovalBinding.seal(
            id: id, binding: binding, expiresMilliseconds: terms.expiresMilliseconds)
        return seal.hex == terms.seal
    }

    private func runExpiry(_ now: Int64) throws(SQLiteError) {
        expire.bind(1, now)
        try expire.run()
    }
}
