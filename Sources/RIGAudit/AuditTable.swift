internal import RIGBytes
internal import RIGStore

/// The audit's end of the durable thread: holds the process's run for as long as it may write, and
/// does what is due beside the rows.
final class AuditTable: DurableTable {
    /// A row's table number in the durable queue.
    static let number: UInt8 = 0

    private let run: AuditRun
    private let writer: AuditWriter
    private let notary: AuditNotary
    private let pruner: AuditPruner
    private let feeds: [AuditFeed]
    /// The last row that the feeds were told of.
    private var rungSeq: Int64 = 0

    /// Begins the run. What earlier runs left open is `recoverOrphans`.
    init(
        _ database: Database, _ files: AuditFiles, _ key: AuditKey, _ options: AuditOptions,
        _ troubles: AuditTroubles, _ feeds: [AuditFeed]
    ) throws(StoreError) {
        run = try AuditRun.begin(database, path: files.database)
        let number = run.number
        writer = try StoreError.wrap { () throws(SQLiteError) in
            try AuditWriter(database, run: number)
        }
        notary = try AuditNotary(database, files, key, options, troubles)
        pruner = AuditPruner(database, notary, files, options, troubles)
        self.feeds = feeds
    }

    /// Gives every intent of a run that is over its outcome; returns how many there were.
    func recoverOrphans(_ database: Database) throws(StoreError) -> Int {
        try run.recoverOrphans(database, writer)
    }

    func begin() throws(SQLiteError) { try writer.begin() }

    func write(_ buffer: ByteBuffer, _ payload: ByteRange) throws(SQLiteError) -> UInt32 {
        try writer.write(buffer, payload)
        return 0
    }

    func tend(isClosing: Bool) -> Int? {
        let last = writer.last.seq
        if last != rungSeq {
            for feed in feeds { feed.ring() }
            rungSeq = last
        }
        let signing = notary.tend(lastSeq: last, isClosing: isClosing)
        guard !isClosing, let pruning = pruner.tend() else { return signing }
        return min(pruning, signing ?? pruning)
    }
}

/// Writes audit rows: gives each its number, links it into the chain and keeps the list of calls
/// whose outcome is missing.
final class AuditWriter {
    private let run: Int64
    private let head: Statement
    private let insert: Statement
    private let open: Statement
    private let close: Statement
    private let line = ByteBuffer(capacity: 2048)

    /// The last row, as of the transaction that wrote last.
    private(set) var last = AuditLink.origin

    init(_ database: Database, run: Int64) throws(SQLiteError) {
        self.run = run
        head = try database.prepare("SELECT seq, hash FROM audit_row ORDER BY seq DESC LIMIT 1")
        let places = [String](repeating: "?", count: 24).joined(separator: ", ")
        insert = try database.prepare(
            "INSERT INTO audit_row(seq, \(AuditRecord.columns)) VALUES (\(places))")
        open = try database.prepare("INSERT INTO audit_open(call_id, seq, run) VALUES (?, ?, ?)")
        close = try database.prepare("DELETE FROM audit_open WHERE call_id = ?")
        try begin()
    }

    /// Other processes write too: only inside the transaction is the last row the last.
    func begin() throws(SQLiteError) {
        last = .origin
        if try head.step() {
            last = AuditLink(head)
            head.reset()
        }
    }

    func write(_ buffer: ByteBuffer, _ payload: ByteRange) throws(SQLiteError) {
        let fields = AuditFields(buffer, payload)
        let seq = last.seq + 1
        line.removeAll()
        AuditLine.append(fields, of: buffer, seq: seq, run: run, to: line)
        let hash = AuditLine.hash(after: last.hash, line)

        insert.bind(1, seq)
        insert.bind(2, run)
        insert.bind(3, fields.timeMilliseconds)
        insert.bind(4, fields.attempts)
        insert.bind(5, fields.durationMicroseconds)
        insert.bind(6, fields.workerPID)
        insert.bind(7, blob: hash.bytes)
        for text in AuditText.allCases {
            insert.bind(AuditRecord.firstTextColumn + 1 + text.rawValue, lent: buffer, fields[text])
        }
        try insert.run()
        if fields.hasIntent { try writeOpen(fields, seq, buffer) }
        last = AuditLink(seq: seq, hash: hash)
    }

    private func writeOpen(
        _ fields: AuditFields, _ seq: Int64, _ buffer: ByteBuffer
    ) throws(SQLiteError) {
        if buffer.equals(fields[.kind], "intent") {
            open.bind(1, lent: buffer, fields[.callID])
            open.bind(2, seq)
            open.bind(3, run)
            try open.run()
        } else {
            close.bind(1, lent: buffer, fields[.callID])
            try close.run()
        }
    }
}
