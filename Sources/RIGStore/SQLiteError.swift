internal import CSQLite

/// What SQLite answered instead of doing as told: its extended result code, no text.
///
/// The codes are those of sqlite.org/rescode.html. `Database.lastMessage` has SQLite's sentence for
/// the edge that writes to people.
package struct SQLiteError: Error, Equatable, Sendable {
    /// The extended result code: its low byte is `code`, the rest says which kind of it.
    package let extended: Int32

    package init(extended: Int32) {
        precondition(extended != SQLITE_OK, "an error has a code that is not OK")
        self.extended = extended
    }

    /// The primary result code.
    package var code: Int32 { extended & 0xff }

    /// The disk or the page limit is full (`SQLITE_FULL`).
    package var isFull: Bool { code == SQLITE_FULL }

    /// What is in the file is no database, or no whole one.
    package var isDamaged: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    /// Another process holds the write lock for longer than the busy timeout.
    package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }

    /// A constraint or an append-only trigger said no.
    package var isConstraint: Bool { code == SQLITE_CONSTRAINT }

    /// The name of the primary code as SQLite spells it.
    package var name: StaticString {
        switch code {
        case SQLITE_ERROR: "SQLITE_ERROR"
        case SQLITE_INTERNAL: "SQLITE_INTERNAL"
        case SQLITE_PERM: "SQLITE_PERM"
        case SQLITE_ABORT: "SQLITE_ABORT"
        case SQLITE_BUSY: "SQLITE_BUSY"
        case SQLITE_LOCKED: "SQLITE_LOCKED"
        case SQLITE_NOMEM: "SQLITE_NOMEM"
        case SQLITE_READONLY: "SQLITE_READONLY"
        case SQLITE_INTERRUPT: "SQLITE_INTERRUPT"
        case SQLITE_IOERR: "SQLITE_IOERR"
        case SQLITE_CORRUPT: "SQLITE_CORRUPT"
        case SQLITE_NOTFOUND: "SQLITE_NOTFOUND"
        case SQLITE_FULL: "SQLITE_FULL"
        case SQLITE_CANTOPEN: "SQLITE_CANTOPEN"
        case SQLITE_PROTOCOL: "SQLITE_PROTOCOL"
        case SQLITE_SCHEMA: "SQLITE_SCHEMA"
        case SQLITE_TOOBIG: "SQLITE_TOOBIG"
        case SQLITE_CONSTRAINT: "SQLITE_CONSTRAINT"
        case SQLITE_MISMATCH: "SQLITE_MISMATCH"
        case SQLITE_MISUSE: "SQLITE_MISUSE"
        case SQLITE_AUTH: "SQLITE_AUTH"
        case SQLITE_RANGE: "SQLITE_RANGE"
        case SQLITE_NOTADB: "SQLITE_NOTADB"
        default: "SQLITE_?"
        }
    }
}
