package import RIGLinux

/// Why a database file could not be opened.
package enum StoreError: Error, Equatable, Sendable {
    case sqlite(SQLiteError)
    /// The kernel refused a file or a thread that belongs to the database.
    case system(Errno)
    /// The file belongs to another program (or is a database nobody signed, id 0).
    case foreign(applicationID: Int32)
    /// A later RIG wrote the file; `known` is the newest version this one understands.
    case newerSchema(found: Int, known: Int)
    /// A reader met a file that its owner has not yet brought up to date.
    case olderSchema(found: Int, known: Int)
    /// The file system has no shared memory for a write-ahead log.
    case noWAL
    /// Another process holds the lock of a run number that only this process was given: the lock
    /// files were tampered with, or their file system does not lock.
    case runIsLocked(Int64)
    /// The file with the audit's key holds something else.
    case unusableKey(path: String)

    /// Runs `body`, its error wrapped.
    package static func wrap<Result: ~Copyable>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw .sqlite(error)
        }
    }

    /// Runs `body`, its error wrapped.
    package static func wrapSystem<Result: ~Copyable>(
        _ body: () throws(Errno) -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw .system(error)
        }
    }
}
