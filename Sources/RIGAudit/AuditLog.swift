internal import RIGLinux
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
    package let arguments: AuditArguments
    private let feeds: [AuditFeed]
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
        let files = AuditFiles(database: path)
        let troubles = AuditTroubles(options.report)
        var feeds: [AuditFeed] = []
        for sink in options.sinks {
            feeds.append(
                try StoreError.wrapSystem { () throws(Errno) in
                    try AuditFeed(sink, files, troubles)
                })
        }
        let opening = AuditOpening()
        let queue = try await DurableQueue.open(path, schema: .state, limits: limits) {
            [feeds] (database: Database) throws(StoreError) in
            let key = try AuditKey.open(files.key)
            let table = try AuditTable(database, files, key, options, troubles, feeds)
            let orphans = try table.recoverOrphans(database)
            opening.said.withLock { $0 = (key, orphans) }
            var tables: [any DurableTable] = [table]
            for make in others { tables.append(try make(database)) }
            return tables
        }
        guard let (key, orphans) = opening.said.withLock({ $0 }) else {
            preconditionFailure("a queue that opened has made its tables")
        }
        for feed in feeds {
            try StoreError.wrapSystem { () throws(Errno) in try feed.start() }
        }
        return AuditLog(queue, options, key, troubles, feeds, orphansRecovered: orphans)
    }

    private init(
        _ queue: DurableQueue, _ options: AuditOptions, _ key: AuditKey,
        _ troubles: AuditTroubles, _ feeds: [AuditFeed], orphansRecovered: Int
    ) {
        self.queue = queue
        self.options = options
        self.troubles = troubles
        self.feeds = feeds
        self.orphansRecovered = orphansRecovered
        arguments = AuditArguments(options.arguments, key)
    }

    // The rows of a call.

    /// Speaks for the rows of one call, before anything is done for it. Throws `overloaded`, or
    /// `storage` while the disk takes nothing: the call must then be refused.
    /// - Parameter others: Rows beside the audit's own that its end may bring (`outcome(…beside:)`).
    package func admit(others: Int = 0) throws(AuditError) -> AuditSlot {
        AuditSlot(try queue.admit(rows: 2 + others))
    }

    /// Records what is about to be done and returns when the row is on disk. When it throws, the
    /// call must not be dispatched, and the row is forgotten.
    package func intent(_ row: AuditRow, _ slot: inout AuditSlot) async throws(AuditError) {
        precondition(row.kind == .intent && !slot.hasIntent, "a call has one intent, first")
        _ = try await queue.write(
            table: AuditTable.number, withdrawable: true, slot: &slot.room
        ) { AuditEncoding.append(row, hasIntent: true, to: $0) }
        slot.hasIntent = true
        slot.isStrict = true
    }

    /// Records what is about to be done without waiting for the disk, for risks that the operator
    /// has declared batched: after a crash such a call may be missing from the record.
    package func noteIntent(_ row: AuditRow, _ slot: inout AuditSlot) throws(AuditError) {
        precondition(row.kind == .intent && !slot.hasIntent, "a call has one intent, first")
        try queue.note(table: AuditTable.number, slot: &slot.room) {
            AuditEncoding.append(row, hasIntent: true, to: $0)
        }
        slot.hasIntent = true
    }

    /// The same for a call that needs `conditions` written with it: the intent is on disk exactly if
    /// they are (`DurableQueue` says what several of them must hold).
    /// - Returns: 0, or the code with which a condition's table refused it; the call must then
    ///   not be dispatched, and there is no intent.
    package func intent(
        _ row: AuditRow, if conditions: [DurableCondition], _ slot: inout AuditSlot
    ) async throws(AuditError) -> UInt32 {
        precondition(row.kind == .intent && !slot.hasIntent, "a call has one intent, first")
        let code = try await queue.write(
            table: AuditTable.number, if: conditions, slot: &slot.room
        ) { AuditEncoding.append(row, hasIntent: true, to: $0) }
        slot.hasIntent = code == 0
        slot.isStrict = code == 0
        return code
    }

    /// Records how a call ended; always strictly when its intent was, or when another row has to be
    /// written in the same transaction. When it throws, the rows are still queued and will be written
    /// as soon as the disk takes them, but the answer to the client must say that the outcome could
    /// not be recorded.
    package func outcome(
        _ row: AuditRow, _ slot: consuming AuditSlot, durability: Durability,
        beside other: DurableCondition? = nil
    ) async throws(AuditError) {
        precondition(row.kind == .outcome, "a call ends with its outcome")
        var slot = slot
        let hasIntent = slot.hasIntent
        if let other {
            return try await queue.write(
                table: AuditTable.number, beside: other, slot: &slot.room
            ) { AuditEncoding.append(row, hasIntent: hasIntent, to: $0) }
        }
        guard slot.isStrict || durability == .strict else {
            return try queue.note(table: AuditTable.number, slot: &slot.room) {
                AuditEncoding.append(row, hasIntent: hasIntent, to: $0)
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

    /// Records an outcome, or what a worker reached for, without waiting; on disk within 50 ms.
    package func note(_ row: AuditRow) throws(AuditError) {
        precondition(
            row.kind == .outcome || row.kind == .egress, "an intent needs a slot for its outcome")
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

    /// Writes what there is, signs it and ends the durable thread; the process's run is then over.
    /// Sinks get what they take without delay; what they do not, the next process brings them.
    /// - Returns: rows that the disk did not take.
    package func close() async -> Int {
        let lost = await queue.close()
        for feed in feeds { feed.stop() }
        let end = MonotonicClock.nowNanoseconds() + Self.feedsEndNanoseconds
        while !feeds.allSatisfy(\.hasEnded), MonotonicClock.nowNanoseconds() < end {
            await EventLoop.shared.sleep(nanoseconds: 1_000_000)
        }
        return lost
    }

    /// How long the end may wait for a sink that hangs.
    private static let feedsEndNanoseconds: UInt64 = 2_000_000_000
}

/// Brings what the durable thread found when it opened to the loop.
private final class AuditOpening: Sendable {
    let said = Mutex<(AuditKey, orphans: Int)?>(nil)
}

/// Room for the rows of one admitted call: one intent at most and one outcome. Given back, unused,
/// when a call ends without an outcome, which only a bug brings about.
package struct AuditSlot: ~Copyable, Sendable {
    var room: DurableSlot
    /// Whether the call's intent is on disk, or on its way there.
    package internal(set) var hasIntent = false
    /// The intent was waited for, so the outcome will be too.
    var isStrict = false

    init(_ room: consuming DurableSlot) {
        self.room = room
    }
}
