/// Why a database file could not be opened.
package enum StoreError: Error, Equatable, Sendable {
    case sqlite(SQLiteError)
    /// The file belongs to another program (or is a database nobody signed, id 0).
    case foreign(applicationID: Int32)
    /// A later RIG wrote the file; `known` is the newest version this one understands.
    case newerSchema(found: Int, known: Int)
    /// A reader met a file that its owner has not yet brought up to date.
    case olderSchema(found: Int, known: Int)
    /// The file system has no shared memory for a write-ahead log.
    case noWAL
}
