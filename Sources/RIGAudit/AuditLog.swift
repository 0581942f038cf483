internal import RIGBytes
package import RIGLoop
package import RIGStore
internal import Synchronization

/// Why a row was not taken.
package typealias AuditError = DurableFault

/// The audit as the life of a call sees it.
///
///     var slot = try audit.admit()                        // room for all rows of one call
///     try await audit.intent(row, &slot)                  // on disk: the call may be dispatched
///     …
///     try await audit.outcome(row, slot, durability: .strict)   // on disk: the answer may go out
///
/// A call that was admitted can always be recorded to its end. When the disk takes nothing, the
/// waiters are told, nothing new is admitted, and what has happened stays queued.
@RequestLoop
package final class AuditLog {
    package enum Durability: Sendable {
        /// Waits for the disk.
        case strict
        /// On disk within 50 ms; for reads, whose answer need not wait.
        case batched
    }

    /// Rows of the tables beside the audit's go the same way, in the same transactions.
    package let queue: DurableQueue
    /// Intents of processes that ended without an outcome, given one when this log was opened.
    package let orphansRecovered: Int
    package let options: AuditOptions
    /// What fails beside the rows.
    package let troubles: AuditTroubles

    /// Makes a table on the durable thread, once the database is open there.
    package typealias MakeTable =
        @Sendable (Database) throws(StoreError) -> any DurableTable

    /// Opens `state.db` at `path` and gives orphaned intents their outcome.
    ///
    /// - Parameter others: Tables that share the audit's queue and so its transactions; they are
    ///   numbered from 1, in this order.
    package static func open(
        _ path: String, options: AuditOptions = AuditOptions(),
        limits: DurableLimits = DurableLimits(), beside others: [MakeTable] = []
    ) async throws(StoreError) -> AuditLog {
        let orphans = AuditOrphans()
        let files = AuditFiles(database: path)
        let troubles = AuditTroubles(options.report)
        let queue = try await DurableQueue.open(path, schema: .state, limits: limits) {
            (database: Database) throws(StoreError) in
            let table = try AuditTable(database, files, options, troubles)
            let count = try table.recoverOrphans(database)
            orphans.count.store(count, ordering: .relaxed)
            var tables: [any DurableTable] = [table]
            for make in others { tables.append(try make(database)) }
            return tables
        }
        return AuditLog(
            queue, options, troubles, orphansRecovered: orphans.count.load(ordering: .relaxed))
    }

    private init(
        _ queue: DurableQueue, _ options: AuditOptions, _ troubles: AuditTroubles,
        orphansRecovered: Int
    ) {
        self.queue = queue
        self.options = options
        self.troubles = troubles
        self.orphansRecovered = orphansRecovered
    }

    // The rows of a call.

    /// Speaks for the rows of one call, before anything is done for it. Throws `overloaded`, or
    /// `storage` while the disk takes nothing: the call must then be refused.
    package func admit() throws(AuditError) -> AuditSlot {
        AuditSlot(try queue.admit(rows: 2))
    }

    /// Records what is about to be done and returns when the row is on disk. When it throws, the
    /// call must not be dispatched, and the row is forgotten.
    package func intent(_ row: AuditRow, _ slot: inout AuditSlot) async throws(AuditError) {
        precondition(row.kind == .intent && !slot.hasIntent, "a call has one intent, first")
        _ = try await queue.write(
            table: AuditTable.number, withdrawable: true, slot: &slot.room
        ) { AuditEncoding.append(row, hasIntent: true, to: $0) }
        slot.hasIntent = true
    }

    /// The same for a call that needs `condition` written with it: the intent is on disk exactly if
    /// the condition is.
    /// - Returns: 0, or the code with which the condition's table refused it; the call must then
    ///   not be dispatched, and there is no intent.
    package func intent(
        _ row: AuditRow, if condition: DurableCondition, _ slot: inout AuditSlot
    ) async throws(AuditError) -> UInt32 {
        precondition(row.kind == .intent && !slot.hasIntent, "a call has one intent, first")
        let code = try await queue.write(
            table: AuditTable.number, if: condition, slot: &slot.room
        ) { AuditEncoding.append(row, hasIntent: true, to: $0) }
        slot.hasIntent = code == 0
        return code
    }

    /// Records how a call ended. A call that has an intent is always recorded strictly. When it
    /// throws, the row is still queued and will be written as soon as the disk takes it, but the
    /// answer to the client must say that the outcome could not be recorded.
    package func outcome(
        _ row: AuditRow, _ slot: consuming AuditSlot, durability: Durability
    ) async throws(AuditError) {
        precondition(row.kind == .outcome, "a call ends with its outcome")
        var slot = slot
        let hasIntent = slot.hasIntent
        guard hasIntent || durability == .strict else {
            return try queue.note(table: AuditTable.number, slot: &slot.room) {
                AuditEncoding.append(row, hasIntent: false, to: $0)
            }
        }
        _ = try await queue.write(table: AuditTable.number, slot: &slot.room) {
            AuditEncoding.append(row, hasIntent: hasIntent, to: $0)
        }
    }

    // Rows outside an admitted call: refusals at the door.

    /// Records an outcome and returns when it is on disk.
    package func record(_ row: AuditRow) async throws(AuditError) {
        precondition(row.kind == .outcome, "an intent needs a slot for its outcome")
        _ = try await queue.write(table: AuditTable.number) {
            AuditEncoding.append(row, hasIntent: false, to: $0)
        }
    }

    /// Records a person's decision together with the decision itself, or neither.
    /// - Returns: 0, or the code with which the condition's table refused it.
    package func decision(
        _ row: AuditRow, if condition: DurableCondition
    ) async throws(AuditError) -> UInt32 {
        precondition(row.kind == .approval, "what a person decides is an approval")
        return try await queue.write(table: AuditTable.number, if: condition) {
            AuditEncoding.append(row, hasIntent: false, to: $0)
        }
    }

    /// Records an outcome without waiting; on disk within 50 ms.
    package func note(_ row: AuditRow) throws(AuditError) {
        precondition(row.kind == .outcome, "an intent needs a slot for its outcome")
        try queue.note(table: AuditTable.number) {
            AuditEncoding.append(row, hasIntent: false, to: $0)
        }
    }

    // The whole.

    package var health: DurableHealth { queue.health }

    /// Returns once everything recorded so far is on disk.
    package func flush() async throws(AuditError) {
        try await queue.flush()
    }

    /// Writes what there is and ends the durable thread; the process's run is then over.
    /// - Returns: rows that the disk did not take.
    package func close() async -> Int {
        await queue.close()
    }
}

/// Brings a count from the durable thread to the loop.
private final class AuditOrphans: Sendable {
    let count = Atomic(0)
}

/// Room for the rows of one admitted call: one intent at most and one outcome. Given back, unused,
/// when a call ends without an outcome, which only a bug brings about.
package struct AuditSlot: ~Copyable, Sendable {
    var room: DurableSlot
    /// Whether the call's intent is on disk.
    package internal(set) var hasIntent = false

    init(_ room: consuming DurableSlot) {
        self.room = room
    }
}
