internal import RIGBytes
internal import RIGLinux
internal import RIGStore

/// Makes checkpoints, on the durable thread: into the database first, then into the file beside it.
///
/// One process at a time, under a lock that is held from before the one to after the other, so that
/// the file is behind the database by one checkpoint at most, where a process was killed between
/// the two; whoever comes next writes that one again. The file is never ahead.
final class AuditNotary {
    private let database: Database
    private let files: AuditFiles
    private let file: AuditCheckpointFile
    private let key: AuditKey
    private let options: AuditOptions
    private let troubles: AuditTroubles
    private let newest: Statement
    private let head: Statement
    private let insert: Statement

    /// The row that the newest checkpoint known here is about.
    private var signedSeq: Int64 = 0
    /// When the rows after it must have one.
    private var dueNanoseconds: UInt64?

    /// How long to wait for the lock, and how often when there is no time left.
    private static let lockedMilliseconds = 20
    private static let attemptsAtClose = 50

    init(
        _ database: Database, _ files: AuditFiles, _ key: AuditKey, _ options: AuditOptions,
        _ troubles: AuditTroubles
    ) throws(StoreError) {
        self.database = database
        self.files = files
        self.options = options
        self.troubles = troubles
        file = AuditCheckpointFile(path: files.checkpoints)
        self.key = key
        do throws(SQLiteError) {
            newest = try database.prepare(
                """
                SELECT \(AuditCheckpoint.columns) FROM audit_checkpoint
                ORDER BY number DESC LIMIT 1
                """)
            head = try database.prepare("SELECT seq, hash FROM audit_row ORDER BY seq DESC LIMIT 1")
            let places = [String](repeating: "?", count: 8).joined(separator: ", ")
            insert = try database.prepare(
                "INSERT INTO audit_checkpoint(\(AuditCheckpoint.columns)) VALUES (\(places))")
        } catch {
            throw .sqlite(error)
        }
        try begin()
    }

    /// The first checkpoint of all stands before the first row, so that a chain without any shows
    /// that they were taken away.
    private func begin() throws(StoreError) {
        let known = try StoreError.wrap { () throws(SQLiteError) in try readNewest() }
        signedSeq = known?.seq ?? 0
        // Somebody else's lock means that somebody else sees to it.
        guard let lock = try acquire() else { return }
        try sign(known == nil, lock, start: nil)
    }

    /// Makes a checkpoint when one is due.
    /// - Parameter lastSeq: The last row that this process knows of.
    /// - Returns: in how many milliseconds to ask again.
    func tend(lastSeq: Int64, isClosing: Bool) -> Int? {
        guard lastSeq > signedSeq else {
            dueNanoseconds = nil
            return nil
        }
        let now = MonotonicClock.nowNanoseconds()
        let due = dueNanoseconds ?? now + UInt64(options.checkpointMilliseconds) * 1_000_000
        dueNanoseconds = due
        guard isClosing || now >= due || lastSeq - signedSeq >= options.checkpointRows else {
            return Int((due - now + 999_999) / 1_000_000)
        }
        for _ in 0..<(isClosing ? Self.attemptsAtClose : 1) {
            switch attempt(start: nil) {
            case .done: return nil
            case .failed: return options.checkpointMilliseconds
            case .locked: if isClosing { KernelThread.sleep(milliseconds: Self.lockedMilliseconds) }
            }
        }
        return Self.lockedMilliseconds
    }

    enum Attempt {
        case done
        /// Another process is at it.
        case locked
        case failed
    }

    /// Makes a checkpoint now.
    /// - Parameter start: Declares all rows up to this one pruned.
    func attempt(start: AuditLink?) -> Attempt {
        do throws(StoreError) {
            guard let lock = try acquire() else { return .locked }
            try sign(true, lock, start: start)
            troubles.set("checkpoints", nil)
            return .done
        } catch {
            troubles.set("checkpoints", "\(error)")
            dueNanoseconds =
                MonotonicClock.nowNanoseconds()
                + UInt64(options.checkpointMilliseconds) * 1_000_000
            return .failed
        }
    }

    /// Where the chain begins, as of the newest checkpoint.
    func start() throws(SQLiteError) -> AuditLink { try readNewest()?.start ?? .origin }

    /// Lets the file forget what retention has taken. Somebody else's lock means another time.
    func cutFile() throws(StoreError) {
        let oldest = try StoreError.wrap { () throws(SQLiteError) in
            try database.integer("SELECT number FROM audit_checkpoint ORDER BY number LIMIT 1")
        }
        guard oldest > 1, let lock = try acquire() else { return }
        try cutFile(lock, before: oldest)
    }

    private func cutFile(_ lock: borrowing FileLock, before number: Int64) throws(StoreError) {
        let (file, key) = (file, key)
        try StoreError.wrapSystem { () throws(Errno) in try file.cut(before: number, key: key) }
    }

    private func acquire() throws(StoreError) -> FileLock? {
        let path = files.lock
        return try StoreError.wrapSystem { () throws(Errno) in try FileLock.acquire(path) }
    }

    /// Brings the file up to the database, then both up to the last row, if `isWanted`.
    private func sign(
        _ isWanted: Bool, _ lock: borrowing FileLock, start: AuditLink?
    ) throws(StoreError) {
        let file = file
        let inFile = try StoreError.wrapSystem { () throws(Errno) in try file.lastNumber() } ?? 0
        var lines: [AuditCheckpoint] = []
        let known = try StoreError.wrap { () throws(SQLiteError) in try readNewest() }
        // More than one missing was not a kill: that stays to be seen.
        if let known, known.number == inFile + 1 { lines.append(known) }
        if !lines.isEmpty { try append(lines) }
        guard isWanted else { return }
        let made = try StoreError.wrap { () throws(SQLiteError) in
            try make(start: start, after: inFile)
        }
        dueNanoseconds = nil
        guard let made else { return }
        signedSeq = made.seq
        try append([made])
    }

    /// The next checkpoint, in the database; nil when the last row has one that says the same.
    private func make(
        start: AuditLink?, after inFile: Int64
    ) throws(SQLiteError) -> AuditCheckpoint? {
        try database.immediate { () throws(SQLiteError) -> AuditCheckpoint? in
            let before = try readNewest()
            let link = try readHead()
            if let before, before.seq == link.seq, start == nil || start == before.start {
                signedSeq = before.seq
                return nil
            }
            let checkpoint = AuditCheckpoint(
                number: max(before?.number ?? 0, inFile) + 1, of: link,
                start: start ?? before?.start ?? .origin,
                timeMilliseconds: WallClock.nowMilliseconds(), key: key)
            checkpoint.bind(insert)
            try insert.run()
            return checkpoint
        }
    }

    private func append(_ checkpoints: [AuditCheckpoint]) throws(StoreError) {
        let file = file
        try StoreError.wrapSystem { () throws(Errno) in try file.append(checkpoints) }
    }

    private func readNewest() throws(SQLiteError) -> AuditCheckpoint? {
        guard try newest.step() else { return nil }
        defer { newest.reset() }
        return AuditCheckpoint(newest)
    }

    private func readHead() throws(SQLiteError) -> AuditLink {
        guard try head.step() else { return .origin }
        defer { head.reset() }
        return AuditLink(head)
    }
}
