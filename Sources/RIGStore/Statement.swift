internal import CSQLite

/// One prepared statement: bind by index from 1, step, read columns from 0.
///
///     let insert = try database.prepare("INSERT INTO t(a) VALUES (?)")
///     insert.bind(1, 42)
///     try insert.run()
///
/// Belongs to its database's thread, as the database does.
@safe
package struct Statement: ~Copyable {
    // SAFETY: from here on, `handle` is a live statement: only `deinit` ends it.
    let handle: OpaquePointer
    // Keeps the connection open for as long as the statement lives.
    private let database: Database

    init(_ database: Database, handle: OpaquePointer) {
        self.database = database
        unsafe self.handle = handle
    }

    deinit {
        // The code repeats the last step's failure, which was thrown then.
        _ = unsafe sqlite3_finalize(handle)
    }

    /// Runs to the next row. True: a row stands ready. False: done; the statement was reset.
    package func step() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            reset()
            return false
        default:
            let error = database.lastError
            reset()
            throw error
        }
    }

    /// Runs a statement to its end, passing over rows, and resets it.
    package func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Back to before the first step, bindings cleared. Needed after reading a row and stopping.
    package func reset() {
        // The code repeats the last step's failure, which was thrown then.
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }
}
