internal import RIGBytes
internal import RIGLinux
internal import RIGModel
internal import RIGStore

/// One process's time as a writer of the audit. While it lives it holds a lock file of its number;
/// the kernel lets go of that however the process ends, so whoever can take the lock knows that the
/// run is over. Process ids would not do: they are reused, and differ between containers.
///
/// Lock files are made, tried and removed in write transactions only, so no two processes ever do so
/// at once.
struct AuditRun: ~Copyable, Sendable {
    let number: Int64
    private let lock: FileLock
    private let folder: String

    /// Draws the next number and locks it, before any row can carry it.
    static func begin(_ database: Database, path: String) throws(StoreError) -> AuditRun {
        let folder = path + "-runs"
        try StoreError.wrapSystem { () throws(Errno) in try Directory.makeAll(folder) }
        return try database.immediate { () throws(StoreError) in
            let number = try StoreError.wrap { () throws(SQLiteError) in
                try drawNumber(database)
            }
            guard let lock = try tryLock(folder, number) else { throw .runIsLocked(number) }
            return AuditRun(number: number, lock: lock, folder: folder)
        }
    }

    private init(number: Int64, lock: consuming FileLock, folder: String) {
        self.number = number
        self.lock = lock
        self.folder = folder
    }

    /// Gives every intent of a run that is over its outcome row, which says that nobody knows the
    /// outcome; exactly once, since the row and the end of its being open are one transaction.
    /// - Returns: how many there were.
    func recoverOrphans(_ database: Database, _ writer: AuditWriter) throws(StoreError) -> Int {
        try database.immediate { () throws(StoreError) in
            var recovered = 0
            for run in try othersWithLockFiles() {
                guard let lock = try Self.tryLock(folder, run) else { continue }
                try StoreError.wrap { () throws(SQLiteError) in
                    recovered += try close(run, database, writer)
                }
                try remove(lock, of: run)
            }
            return recovered
        }
    }

    private func othersWithLockFiles() throws(StoreError) -> [Int64] {
        try StoreError.wrapSystem { () throws(Errno) in
            try Directory.names(folder).compactMap { Int64($0) }.filter { $0 != number }.sorted()
        }
    }

    private func close(
        _ run: Int64, _ database: Database, _ writer: AuditWriter
    ) throws(SQLiteError) -> Int {
        var orphans: [AuditRecord] = []
        let open = try database.prepare(
            """
            SELECT seq, \(AuditRecord.columns) FROM audit_row
            WHERE seq IN (SELECT seq FROM audit_open WHERE run = ?) ORDER BY seq
            """)
        open.bind(1, run)
        while try open.step() { orphans.append(AuditRecord(open)) }
        guard !orphans.isEmpty else { return 0 }

        try writer.begin()
        let row = ByteBuffer(capacity: 1024)
        for orphan in orphans {
            row.removeAll()
            orphan.encode(
                timeMilliseconds: WallClock.nowMilliseconds(),
                replacing: [
                    .kind: AuditRow.Kind.outcome.rawValue,
                    .status: ErrorType.unknownOutcome.rawValue,
                    .args: "",
                    .note: "the sidecar ended before the outcome was recorded",
                ], hasIntent: true, to: row)
            try writer.write(row, row.range)
        }
        return orphans.count
    }

    private func remove(_ lock: consuming FileLock, of run: Int64) throws(StoreError) {
        // The lock is held until the file is gone, by living to the end of this function.
        let path = Self.lockPath(folder, run)
        try StoreError.wrapSystem { () throws(Errno) in try File.remove(path) }
    }

    private static func drawNumber(_ database: Database) throws(SQLiteError) -> Int64 {
        let insert = try database.prepare("INSERT INTO audit_run(started_ms, pid) VALUES (?, ?)")
        insert.bind(1, WallClock.nowMilliseconds())
        insert.bind(2, Int64(Facts.processID()))
        try insert.run()
        return try database.integer("SELECT last_insert_rowid()")
    }

    private static func tryLock(_ folder: String, _ run: Int64) throws(StoreError) -> FileLock? {
        try StoreError.wrapSystem { () throws(Errno) in
            try FileLock.acquire(lockPath(folder, run))
        }
    }

    private static func lockPath(_ folder: String, _ run: Int64) -> String {
        Path.join(folder, String(run))
    }
}
