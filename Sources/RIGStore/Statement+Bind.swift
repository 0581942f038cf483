internal import CSQLite
package import RIGBytes

/// Values for the question marks, counted from 1. A wrong index is a programmer's error. A binding
/// lasts until the next `run` or `reset`.
extension Statement {
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

    private static func require(_ code: Int32) {
        precondition(code == SQLITE_OK, "a value is bound to an index the statement has")
    }
}
