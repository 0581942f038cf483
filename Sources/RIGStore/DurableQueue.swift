package import RIGBytes
internal import RIGLinux
package import RIGLoop

/// The loop's end of the durable plane: rows go in as bytes, and who must know waits for the commit.
///
///     let queue = try await DurableQueue.open(path, schema: .state) { … }
///     try queue.note(table: 0) { $0.append("seen") }                  // on disk within 50 ms
///     _ = try await queue.write(table: 0) { $0.append("decided") }    // on disk now
///
/// Rows are committed in the order in which they were appended, whichever kind they are. All rows of
/// a tick, and all that come while the disk is busy, share one transaction and one `fdatasync`.
@RequestLoop
@safe
package final class DurableQueue {
    private let link: DurableLink
    private let returns = DurableReturns()
    private let room = DurableRoom()
    private let limits: DurableLimits

    /// Filled in this tick, given to the durable thread before the loop sleeps.
    private var front = DurableBatch()
    /// Batches at rest.
    private var spare: [DurableBatch] = []
    private static let sparesMax = 4

    /// Rows and bytes appended and not yet on disk, wherever they are.
    private var rowsUnderWay = 0
    private var bytesUnderWay = 0
    package private(set) var health = DurableHealth.working
    private var hook: LoopHook?
    private var closer: UnsafeContinuation<Int, Never>?

    /// Opens the database on a thread of its own.
    ///
    /// - Parameter tables: Runs on that thread once the schema is in place; makes the tables, whose
    ///   places in the array are their numbers.
    package static func open(
        _ path: String, schema: Schema, limits: DurableLimits = DurableLimits(),
        tables: @escaping @Sendable (Database) throws(StoreError) -> [any DurableTable]
    ) async throws(StoreError) -> DurableQueue {
        let link = try StoreError.wrapSystem { () throws(Errno) in try DurableLink() }
        let queue = DurableQueue(link, limits)
        let failure = await unsafe withUnsafeContinuation { opened in
            do throws(Errno) {
                try KernelThread.start(name: "rig-durable") {
                    unsafe queue.serve(path, schema, tables, opened)
                }
            } catch {
                unsafe opened.resume(returning: StoreError.system(error))
            }
        }
        if let failure { throw failure }
        Task { @RequestLoop in await queue.receive() }
        queue.hook = EventLoop.shared.beforeSleep { [weak queue] in queue?.handOver() }
        return queue
    }

    private init(_ link: DurableLink, _ limits: DurableLimits) {
        self.link = link
        self.limits = limits
    }

    // Appending.

    /// Speaks for the rows of a call that is about to begin. Throws where they might find no room:
    /// the call must then be refused.
    package func admit(rows: Int) throws(DurableFault) -> DurableSlot {
        try requireRoom(rows)
        return DurableSlot(room, rows: rows)
    }

    /// Appends a row and does not wait.
    package func note(
        table: UInt8, _ encode: (ByteBuffer) -> Void
    ) throws(DurableFault) {
        try requireRoom(1)
        append(table, 0, encode)
    }

    /// Appends a row for which there is room since `admit`. Throws when the queue was closed.
    package func note(
        table: UInt8, slot: inout DurableSlot, _ encode: (ByteBuffer) -> Void
    ) throws(DurableFault) {
        if health == .closed { throw .closed }
        slot.use()
        append(table, 0, encode)
    }

    /// Appends a row and returns once it is on disk: 0, or the code with which its table refused it.
    ///
    /// - Parameter withdrawable: Forgets the row when its commit fails, for rows on whose word
    ///   nothing has been done yet. Others stay queued, and are written when the disk takes them.
    package func write(
        table: UInt8, withdrawable: Bool = false, _ encode: (ByteBuffer) -> Void
    ) async throws(DurableFault) -> UInt32 {
        try requireRoom(1)
        return try await appendAndWait(table, withdrawable, encode)
    }

    /// As above, for a row for which there is room since `admit`.
    package func write(
        table: UInt8, withdrawable: Bool = false, slot: inout DurableSlot,
        _ encode: (ByteBuffer) -> Void
    ) async throws(DurableFault) -> UInt32 {
        if health == .closed { throw .closed }
        slot.use()
        return try await appendAndWait(table, withdrawable, encode)
    }

    /// Appends two rows that belong together and returns once both are on disk: `condition` first,
    /// and the row only if its table did not refuse the condition. Both are one transaction. When
    /// that fails both are forgotten: whoever waits does nothing on their word. Only conditions may
    /// be refused: a table that refused the row itself would leave the condition written.
    /// - Returns: 0, or the code with which either was refused; nothing was then written.
    package func write(
        table: UInt8, if condition: DurableCondition, _ encode: (ByteBuffer) -> Void
    ) async throws(DurableFault) -> UInt32 {
        try requireRoom(2)
        append(condition.table, DurableBatch.withdrawable, condition.encode)
        return try await appendAndWait(table, true, isConditional: true, encode)
    }

    /// As above, for a row for which there is room since `admit` and several conditions, whose room
    /// is found here: each is written only when those before it were not refused. Only the last of
    /// them may change anything and the others be followed by a refusal, or they would stay written:
    /// those before the last check, or cannot be followed by one that says no.
    package func write(
        table: UInt8, if conditions: [DurableCondition], slot: inout DurableSlot,
        _ encode: (ByteBuffer) -> Void
    ) async throws(DurableFault) -> UInt32 {
        try requireRoom(conditions.count)
        slot.use()
        var flags = DurableBatch.withdrawable
        for condition in conditions {
            append(condition.table, flags, condition.encode)
            flags = DurableBatch.withdrawable | DurableBatch.conditional
        }
        return try await appendAndWait(
            table, true, isConditional: !conditions.isEmpty, encode)
    }

    /// Appends a row with another one before it, both with room since `admit`, and returns once both
    /// are on disk, in one transaction. Neither may be refused, and neither is ever forgotten.
    package func write(
        table: UInt8, beside other: DurableCondition, slot: inout DurableSlot,
        _ encode: (ByteBuffer) -> Void
    ) async throws(DurableFault) {
        if health == .closed { throw .closed }
        slot.use()
        slot.use()
        append(other.table, 0, other.encode)
        _ = try await appendAndWait(table, false, encode)
    }

    /// Returns once everything appended so far is on disk.
    package func flush() async throws(DurableFault) {
        if health == .closed { throw .closed }
        _ = try await appendAndWait(DurableBatch.barrierTable, false) { _ in }
    }

    /// Writes what there is and ends the durable thread. Rows appended later are refused.
    /// - Returns: rows that the disk did not take.
    package func close() async -> Int {
        if health == .closed { return 0 }
        health = .closed
        handOver()
        return await unsafe withUnsafeContinuation { closer in
            unsafe self.closer = unsafe closer
            link.close()
        }
    }

    /// Rows on their way or spoken for.
    package var rowsInUse: Int { rowsUnderWay + room.rows }

    private func requireRoom(_ rows: Int) throws(DurableFault) {
        switch health {
        case .working: break
        case .failed(let error): throw .storage(error)
        case .closed: throw .closed
        }
        guard rowsInUse + rows <= limits.rowsMax, bytesUnderWay < limits.bytesMax else {
            throw .overloaded
        }
    }

    private func append(_ table: UInt8, _ flags: UInt8, _ encode: (ByteBuffer) -> Void) {
        let before = front.bytes.count
        front.append(table: table, flags: flags, encode)
        rowsUnderWay += 1
        bytesUnderWay += front.bytes.count - before
    }

    private func appendAndWait(
        _ table: UInt8, _ withdrawable: Bool, isConditional: Bool = false,
        _ encode: (ByteBuffer) -> Void
    ) async throws(DurableFault) -> UInt32 {
        let flags =
            DurableBatch.strict | (withdrawable ? DurableBatch.withdrawable : 0)
            | (isConditional ? DurableBatch.conditional : 0)
        let verdict = await unsafe withUnsafeContinuation { waiter in
            append(table, flags, encode)
            unsafe front.wait(waiter)
        }
        switch verdict {
        case .written: return 0
        case .refused(let code): return code
        case .failed(let fault): throw fault
        }
    }

    // The durable thread.

    /// Gives the durable thread what was appended, once a tick. What it has not yet taken from the
    /// last time is taken back first, so that one batch stands ready at most.
    private func handOver() {
        guard front.rows > 0 else { return }
        let batch: DurableBatch
        if let waiting = link.take() {
            waiting.absorb(front)
            batch = waiting
        } else {
            batch = front
            front = spare.popLast() ?? DurableBatch()
        }
        link.give(batch, urgent: batch.isUrgent || batch.rows >= limits.lingerRowsMax)
    }

    /// Hears from the durable thread until it ends.
    private func receive() async {
        while true {
            for one in await returns.next() {
                switch one {
                case .batch(let batch): settle(batch)
                case .ended(let rowsLost): return ended(rowsLost: rowsLost)
                }
            }
        }
    }

    /// A batch came back: its rows need no room, or wait for the next attempt.
    private func settle(_ batch: DurableBatch) {
        rowsUnderWay -= batch.rowsGone
        bytesUnderWay -= batch.bytesGone
        if health != .closed {
            health = batch.fault.map { .failed($0) } ?? .working
        }
        batch.settle()
        if spare.count < Self.sparesMax { spare.append(batch) }
    }

    private func ended(rowsLost: Int) {
        if let hook { EventLoop.shared.cancel(hook) }
        hook = nil
        unsafe closer?.resume(returning: rowsLost)
        unsafe closer = nil
    }

    /// The durable thread's whole life. The database is closed and the tables are gone before the
    /// end is reported.
    private nonisolated func serve(
        _ path: String, _ schema: Schema,
        _ tables: @Sendable (Database) throws(StoreError) -> [any DurableTable],
        _ opened: UnsafeContinuation<StoreError?, Never>
    ) {
        let rowsLost: Int
        do throws(StoreError) {
            rowsLost = try write(path, schema, tables) { unsafe opened.resume(returning: nil) }
        } catch {
            unsafe opened.resume(returning: error)
            return
        }
        returns.send(.ended(rowsLost: rowsLost))
    }

    private nonisolated func write(
        _ path: String, _ schema: Schema,
        _ tables: (Database) throws(StoreError) -> [any DurableTable], _ opened: () -> Void
    ) throws(StoreError) -> Int {
        let database = try Database.open(path, schema: schema)
        let thread = DurableThread(
            link: link, database: database, tables: try tables(database), limits: limits
        ) { [returns] batch in
            returns.send(.batch(batch))
        }
        opened()
        return thread.run()
    }
}
