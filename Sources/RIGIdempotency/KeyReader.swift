internal import RIGBytes
package import RIGStore

/// What is on record of a key.
package enum KeyStanding: Sendable, Equatable {
    /// Nobody has used it, or its time is over.
    case free
    /// It was used with other arguments.
    case conflict
    /// Its call is at work, here or in another process.
    case open
    /// Its call was begun and its process ended before it could say how the call did.
    case unknown(callID: String)
    case ended(KeyedResult)
}

/// Reads keys on a connection of its own, off the loop.
package struct KeyReader: ~Copyable {
    private let database: Database

    /// Opens the database for reading; it must be there.
    package static func open(_ path: String) throws(StoreError) -> KeyReader {
        KeyReader(database: try Database.open(path, schema: .state, access: .reader))
    }

    private init(database: Database) {
        self.database = database
    }

    package func standing(
        of scope: KeyScope, at nowMilliseconds: Int64
    ) throws(SQLiteError) -> KeyStanding {
        let select = try database.prepare(
            """
            SELECT fingerprint, state, call_id, is_output, meta, body_bytes, body, EXISTS (
              SELECT 1 FROM audit_open WHERE audit_open.call_id = idempotency.call_id)
            FROM idempotency WHERE scope = ? AND expires_ms > ?
            """)
        select.bind(1, scope.digest.hex)
        select.bind(2, nowMilliseconds)
        guard try select.step() else { return .free }
        guard select.text(0) == scope.fingerprint.hex else { return .conflict }
        let callID = select.text(2)
        guard select.text(1) == "done" else {
            return select.int(7) != 0 ? .open : .unknown(callID: callID)
        }
        let body: KeyedResult.Body =
            select.isNull(6) ? .dropped(bytes: Int(select.int(5))) : .text(select.textBytes(6))
        return .ended(
            KeyedResult(
                isOutput: select.int(3) != 0, body: body,
                meta: KeyedMeta(callID: callID, reading: select.text(4))))
    }
}
