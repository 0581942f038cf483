internal import CSQLite
package import RIGBytes

/// One prepared statement: bind by index from 1, step, read columns from 0.
///
///     let insert = try database.prepare("INSERT INTO t(a) VALUES (?)")
///     insert.bind(1, 42)
///     try insert.run()
///
/// Belongs to its database's thread, as the database does.
@safe
package struct Statement: ~Copyable {
    private let handle: OpaquePointer
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

    // MARK: Binding. A wrong index is a programmer's error.

    package func bind(_ index: Int, _ value: Int64) {
        Self.require(unsafe sqlite3_bind_int64(handle, Int32(index), value))
    }

    package func bindNull(_ index: Int) {
        Self.require(unsafe sqlite3_bind_null(handle, Int32(index)))
    }

    /// Binds text, copied.
    package func bind(_ index: Int, _ value: String) {
        var value = value
        let code = value.withUTF8 { bytes -> Int32 in
            // An empty string may have no address, which SQLite would take for NULL.
            guard bytes.count > 0, let base = bytes.baseAddress else {
                return unsafe rig_sqlite_bind_text_copied(handle, Int32(index), "", 0)
            }
            // SAFETY: SQLite copies `count` bytes before it returns.
            return unsafe base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                unsafe rig_sqlite_bind_text_copied(
                    handle, Int32(index), $0, UInt64(bytes.count))
            }
        }
        Self.require(code)
    }

    /// Binds a blob, copied.
    package func bind(_ index: Int, blob: [UInt8]) {
        let code = unsafe blob.withUnsafeBytes { bytes -> Int32 in
            guard let base = bytes.baseAddress, bytes.count > 0 else {
                return unsafe sqlite3_bind_zeroblob(handle, Int32(index), 0)
            }
            // SAFETY: SQLite copies `count` bytes before it returns.
            return unsafe rig_sqlite_bind_blob_copied(
                handle, Int32(index), base, UInt64(bytes.count))
        }
        Self.require(code)
    }

    /// Binds text that stays in the buffer, not copied: the buffer must be neither changed nor let
    /// go before `run` or `reset`. Invalid UTF-8 is the caller's to refuse.
    package func bind(_ index: Int, lent buffer: ByteBuffer, _ range: ByteRange) {
        precondition(range.offset >= 0 && range.end <= buffer.count, "range lies in the buffer")
        let bytes = unsafe buffer.unsafeBytes
        guard range.count > 0, let base = bytes.baseAddress else {
            Self.require(unsafe rig_sqlite_bind_text_copied(handle, Int32(index), "", 0))
            return
        }
        // SAFETY: bounded by the precondition; the caller keeps the bytes until the reset.
        let start = unsafe (base + range.offset).assumingMemoryBound(to: CChar.self)
        Self.require(
            unsafe rig_sqlite_bind_text_lent(handle, Int32(index), start, UInt64(range.count)))
    }

    /// Binds a blob that stays in the buffer; the same promise as for lent text.
    package func bind(_ index: Int, lentBlob buffer: ByteBuffer, _ range: ByteRange) {
        precondition(range.offset >= 0 && range.end <= buffer.count, "range lies in the buffer")
        let bytes = unsafe buffer.unsafeBytes
        guard range.count > 0, let base = bytes.baseAddress else {
            Self.require(unsafe sqlite3_bind_zeroblob(handle, Int32(index), 0))
            return
        }
        // SAFETY: bounded by the precondition; the caller keeps the bytes until the reset.
        Self.require(
            unsafe rig_sqlite_bind_blob_lent(
                handle, Int32(index), base + range.offset, UInt64(range.count)))
    }

    // MARK: Running

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

    // MARK: Columns of the row that stands ready

    package func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    /// An integer; 0 for NULL.
    package func int(_ column: Int) -> Int64 {
        unsafe sqlite3_column_int64(handle, Int32(column))
    }

    /// Text; "" for NULL, invalid UTF-8 repaired.
    package func text(_ column: Int) -> String {
        // SAFETY: the bytes are valid until the next step; they are copied here. Text is asked for
        // before its count, as sqlite.org/c3ref/column_blob.html demands.
        guard let start = unsafe sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Text, or nil for NULL.
    package func optionalText(_ column: Int) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// A blob's bytes; none for NULL.
    package func blob(_ column: Int) -> [UInt8] {
        // SAFETY: the bytes are valid until the next step; they are copied here.
        guard let start = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private static func require(_ code: Int32) {
        precondition(code == SQLITE_OK, "a value is bound to an index the statement has")
    }
}
