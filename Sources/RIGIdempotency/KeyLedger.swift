internal import RIGBytes
internal import RIGLinux
package import RIGLoop
package import RIGModel
package import RIGStore

/// Idempotency keys as the life of a call sees them: looked for off the loop, changed through the
/// durable queue together with the rows of the call.
///
///     switch try await ledger.standing(of: scope) {
///     case .free: …        // the intent if `ledger.claim(…)`, the outcome beside `finish` or `release`
///     case .ended(let result): …
///     …
@RequestLoop
package final class KeyLedger {
    /// Its place behind the audit's table and that of approvals.
    package nonisolated static let tableNumber: UInt8 = 2

    private let path: String

    /// Makes the table on the durable thread.
    package static let table: @Sendable (Database) throws(StoreError) -> any DurableTable = {
        (database) throws(StoreError) in
        try StoreError.wrap { () throws(SQLiteError) in try KeyTable(database) }
    }

    /// - Parameter path: The database whose queue has `table` at `tableNumber`.
    package init(path: String) {
        self.path = path
    }

    package func standing(of scope: KeyScope) async throws(StoreError) -> KeyStanding {
        let now = WallClock.nowMilliseconds()
        let path = path
        return try await RequestLoop.offload { () throws(StoreError) in
            let reader = try KeyReader.open(path)
            return try StoreError.wrap { () throws(SQLiteError) in
                try reader.standing(of: scope, at: now)
            }
        }
    }

    /// What to write before the intent of a call with this key. The last one claims the key; where
    /// `uses` stand between, the first asks whether it could, so that nothing is used for nothing.
    package nonisolated func claim(
        _ scope: KeyScope, callID: CallID, repeats: Bool, nowMilliseconds: Int64,
        after uses: [DurableCondition]
    ) -> [DurableCondition] {
        let claim = KeyRow.Claim(
            scope: scope.digest.hex, fingerprint: scope.fingerprint.hex, callID: callID.text,
            repeats: repeats)
        let check = uses.isEmpty ? [] : [Self.condition(.check(claim), nowMilliseconds)]
        return check + uses + [Self.condition(.claim(claim), nowMilliseconds)]
    }

    /// What to write beside the outcome of a call that claimed its key and must not run again.
    package nonisolated func finish(
        _ scope: KeyScope, _ result: KeyedResult, nowMilliseconds: Int64
    ) -> DurableCondition {
        Self.condition(.finish(scope: scope.digest.hex, result), nowMilliseconds)
    }

    /// What to write beside the outcome of a call that claimed its key and may be sent again.
    package nonisolated func release(
        _ scope: KeyScope, callID: CallID, nowMilliseconds: Int64
    ) -> DurableCondition {
        Self.condition(
            .release(scope: scope.digest.hex, callID: callID.text), nowMilliseconds)
    }

    private nonisolated static func condition(_ row: KeyRow, _ now: Int64) -> DurableCondition {
        DurableCondition(table: tableNumber) { row.append(nowMilliseconds: now, to: $0) }
    }
}
