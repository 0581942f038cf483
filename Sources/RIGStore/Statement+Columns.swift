internal import CSQLite

/// The columns, counted from 0, of the row at which the last `step` stopped.
extension Statement {
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

    /// The bytes of a text, unrepaired; none for NULL.
    package func textBytes(_ column: Int) -> [UInt8] {
        // SAFETY: as in `text`.
        guard let start = unsafe sqlite3_column_text(handle, Int32(column)) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
