internal import CSQLite
internal import RIGLinux

/// One connection to a SQLite file in WAL mode.
///
///     let database = try Database.open("/x/.rig/state.db", schema: .state)
///     try database.immediate { () throws(SQLiteError) in
///         try database.execute("DELETE FROM t")
///     }
///
/// Not `Sendable`: a connection stays on the thread (or in the isolation) that opened it, which the
/// compiler checks, so SQLite's own locks are off.
@safe
package final class Database {
    private let handle: OpaquePointer

    private init(handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        // Statements hold the database, so none is left; v2 never refuses.
        _ = unsafe sqlite3_close_v2(handle)
    }

    /// How a connection is used.
    package enum Access: Sendable {
        /// Reads and writes; makes the file (mode 0600) and brings it to the schema's version.
        case owner
        /// Reads a file that is there; SQL that writes fails.
        case reader
    }

    /// How far a commit reaches before it returns.
    package enum Synchronous: Sendable {
        /// To the disk: survives a power cut.
        case full
        /// To the kernel: survives the end of the process; a power cut may take the last commits.
        case normal
    }

    /// How long a write waits for another process's transaction.
    package static let busyTimeoutMilliseconds: Int32 = 5_000

    /// Opens `path`. Throws `StoreError` for a file of another program or a later RIG.
    package static func open(
        _ path: String, schema: Schema, access: Access = .owner, synchronous: Synchronous = .full
    ) throws(StoreError) -> Database {
        if access == .owner { try createPrivate(path) }
        let database = try StoreError.wrap { () throws(SQLiteError) in
            let database = try connect(path, access: access)
            try database.prepareConnection(synchronous)
            return database
        }
        let version = try database.checkOwner(schema)
        switch access {
        case .owner:
            try database.enterWAL()
            try StoreError.wrap { () throws(SQLiteError) in
                if version < schema.version { try database.migrate(to: schema) }
            }
        case .reader:
            guard version == schema.version else {
                throw .olderSchema(found: version, known: schema.version)
            }
            try StoreError.wrap { () throws(SQLiteError) in
                try database.execute("PRAGMA query_only = ON")
            }
        }
        return database
    }

    /// Runs SQL without results: one statement or several.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw lastError }
    }

    /// Compiles one statement that will be run many times.
    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK else { throw lastError }
        guard let statement = unsafe statement else {
            preconditionFailure("SQL to prepare holds a statement")
        }
        return unsafe Statement(self, handle: statement)
    }

    /// The first column of the first row, for pragmas and counts; 0 without a row.
    package func integer(_ sql: String) throws(SQLiteError) -> Int64 {
        let statement = try prepare(sql)
        return try statement.step() ? statement.int(0) : 0
    }

    /// Runs `body` in a transaction that holds the write lock from its start; any throw rolls back.
    package func immediate<Result>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try transaction("BEGIN IMMEDIATE", body)
    }

    /// As above, for a body that touches files too.
    package func immediate<Result: ~Copyable>(
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try StoreError.wrap { () throws(SQLiteError) in try execute("BEGIN IMMEDIATE") }
        do {
            let result = try body()
            try StoreError.wrap { () throws(SQLiteError) in try execute("COMMIT") }
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` on one unchanging view of the database.
    package func reading<Result>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try transaction("BEGIN DEFERRED", body)
    }

    private func transaction<Result>(
        _ begin: String, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try execute(begin)
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Gives up the open transaction. Nothing to do where SQLite did so by itself.
    private func rollBack() {
        guard unsafe sqlite3_get_autocommit(handle) == 0 else { return }
        // A failed rollback leaves the transaction to the next one's BEGIN, which then fails.
        _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// Rows that the last INSERT, UPDATE or DELETE touched.
    package var changes: Int { unsafe Int(sqlite3_changes64(handle)) }

    /// SQLite's sentence about the last failure, for people.
    package var lastMessage: String {
        guard let text = unsafe sqlite3_errmsg(handle) else { return "" }
        return unsafe String(cString: text)
    }

    var lastError: SQLiteError {
        SQLiteError(extended: unsafe sqlite3_extended_errcode(handle))
    }
}

extension Database {
    /// Makes the file for the owner only; SQLite gives its -wal and -shm the same mode. A file that
    /// is there is not opened: closing it would drop the locks of this process's connections.
    private static func createPrivate(_ path: String) throws(StoreError) {
        do throws(Errno) {
            _ = try File.open(path, [.readWrite, .create, .exclusive], mode: 0o600)
            // The name must survive a power cut as the rows in the file do.
            try File.syncDirectory(Path.parent(path))
        } catch {
            if error != .exists { throw .system(error) }
        }
    }

    private static func connect(_ path: String, access: Access) throws(SQLiteError) -> Database {
        var flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        if access == .owner { flags |= SQLITE_OPEN_CREATE }
        var handle: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            // SQLite hands out a handle even for most failures; closing nil is a no-op.
            _ = unsafe sqlite3_close_v2(handle)
            throw SQLiteError(extended: code == SQLITE_OK ? SQLITE_NOMEM : code)
        }
        return unsafe Database(handle: opened)
    }

    private func prepareConnection(_ synchronous: Synchronous) throws(SQLiteError) {
        _ = unsafe sqlite3_busy_timeout(handle, Self.busyTimeoutMilliseconds)
        _ = unsafe rig_sqlite_make_defensive(handle)
        try execute("PRAGMA trusted_schema = OFF")
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA cell_size_check = ON")
        // What is deleted (a person's view of arguments) is gone from the file too.
        try execute("PRAGMA secure_delete = ON")
        switch synchronous {
        case .full: try execute("PRAGMA synchronous = FULL")
        case .normal: try execute("PRAGMA synchronous = NORMAL")
        }
    }

    /// Refuses a file that is not this schema's; its version otherwise.
    private func checkOwner(_ schema: Schema) throws(StoreError) -> Int {
        let (application, version, objects) = try StoreError.wrap { () throws(SQLiteError) in
            (
                try integer("PRAGMA application_id"), try integer("PRAGMA user_version"),
                try integer("SELECT count(*) FROM sqlite_schema")
            )
        }
        let isEmpty = application == 0 && version == 0 && objects == 0
        guard isEmpty || application == schema.applicationID else {
            throw .foreign(applicationID: Int32(truncatingIfNeeded: application))
        }
        guard version <= schema.version else {
            throw .newerSchema(found: Int(version), known: schema.version)
        }
        return Int(version)
    }

    private func enterWAL() throws(StoreError) {
        // SQLite does not call the busy handler for this switch, so two processes that make the
        // file at once must try again by hand. In an existing WAL file it is a no-op.
        for _ in 0..<100 {
            do throws(StoreError) {
                guard try switchJournal() == "wal" else { throw StoreError.noWAL }
                return
            } catch {
                guard case .sqlite(let reason) = error, reason.isBusy else { throw error }
                _ = sqlite3_sleep(20)
            }
        }
        throw .sqlite(SQLiteError(extended: SQLITE_BUSY))
    }

    private func switchJournal() throws(StoreError) -> String {
        try StoreError.wrap { () throws(SQLiteError) in
            let pragma = try prepare("PRAGMA journal_mode = WAL")
            return try pragma.step() ? pragma.text(0) : ""
        }
    }

    private func migrate(to schema: Schema) throws(SQLiteError) {
        try immediate { () throws(SQLiteError) in
            // Another process may have done it while this one waited for the lock.
            let version = Int(try integer("PRAGMA user_version"))
            guard version < schema.version else { return }
            for migration in schema.migrations[version...] { try execute(migration) }
            try execute("PRAGMA application_id = \(schema.applicationID)")
            try execute("PRAGMA user_version = \(schema.version)")
        }
    }
}
