/// What became of a row somebody waited for.
package enum DurableVerdict: Sendable, Equatable {
    /// The commit that holds the row has reached the disk.
    case written
    /// The table refused the row (its own code, never 0) and wrote nothing for it.
    case refused(code: UInt32)
    case failed(DurableFault)
}

/// Why a row did not reach the disk.
package enum DurableFault: Error, Equatable, Sendable {
    /// All room is taken or spoken for: the call must be refused before anything is done.
    case overloaded
    /// SQLite could not commit. Until a write succeeds again, nothing new is taken.
    case storage(SQLiteError)
    /// The queue was closed.
    case closed
}

/// Whether rows are taken.
package enum DurableHealth: Sendable, Equatable {
    case working
    case failed(SQLiteError)
    case closed
}

/// How much may be on its way to the disk at one time.
package struct DurableLimits: Sendable {
    /// Rows queued, being written and spoken for by slots.
    package var rowsMax = 16_384
    /// Payload bytes queued and being written, beyond which no new row is taken.
    package var bytesMax = 32 << 20
    /// How long a row nobody waits for may stay in memory.
    package var lingerMilliseconds = 50
    /// Rows that end the lingering early.
    package var lingerRowsMax = 4_096
    /// How long after a failed commit the next attempt is made, if no new row brings it on.
    package var retryMilliseconds = 500

    package init() {}
}
