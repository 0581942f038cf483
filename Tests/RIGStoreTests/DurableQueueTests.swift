import Foundation
import RIGBytes
import RIGLoop
import RIGStore
import RIGTestSupport
import XCTest

final class DurableQueueTests: XCTestCase {
    private var folder = TemporaryFolder("store")
    private var path: String { folder.path("a.db") }
    private let schema = Schema(
        applicationID: 7, migrations: ["CREATE TABLE t(a TEXT NOT NULL) STRICT"])

    override func setUp() { EventLoop.startOnThread() }
    override func tearDown() { folder.remove() }

    @RequestLoop
    private func open(
        _ script: Script, limits: DurableLimits = DurableLimits()
    ) async throws -> DurableQueue {
        try await DurableQueue.open(path, schema: schema, limits: limits) {
            (database: Database) throws(StoreError) in
            try StoreError.wrap { () throws(SQLiteError) in [try ScriptedTable(database, script)] }
        }
    }

    private func stored() throws -> [String] {
        let reader = try Database.open(path, schema: schema, access: .reader)
        let rows = try reader.prepare("SELECT a FROM t ORDER BY rowid")
        var texts: [String] = []
        while try rows.step() { texts.append(rows.text(0)) }
        return texts
    }

    @RequestLoop
    func testRefusalReachesItsOwnWaiterAndNeighboursAreWritten() async throws {
        let queue = try await open(Script())
        let texts = ["a", "refuse 7", "b", "refuse 9", "c"]
        let writes = texts.map { text in
            Task { @RequestLoop in try await queue.write(table: 0) { $0.append(text) } }
        }
        var codes: [UInt32] = []
        for write in writes { codes.append(try await write.value) }
        XCTAssertEqual(codes, [0, 7, 0, 9, 0])
        XCTAssertEqual(try stored(), ["a", "b", "c"])
        _ = await queue.close()
    }

    @RequestLoop
    func testRowsThatBelongTogetherAreBothWrittenOrNeither() async throws {
        let script = Script()
        let queue = try await open(script)
        let pairs = [("c1", "r1"), ("refuse 7", "r2"), ("c3", "r3"), ("c4", "refuse 9")]
        let writes = pairs.map { condition, row in
            Task { @RequestLoop in
                try await queue.write(
                    table: 0, if: DurableCondition(table: 0) { $0.append(condition) }
                ) { $0.append(row) }
            }
        }
        let alone = Task { @RequestLoop in try await queue.write(table: 0) { $0.append("alone") } }
        var codes: [UInt32] = []
        for write in writes { codes.append(try await write.value) }
        let lone = try await alone.value
        // A row that is refused by itself does not take its condition back: only conditions refuse.
        XCTAssertEqual(codes, [0, 7, 0, 9])
        XCTAssertEqual(lone, 0, "the row after a pair stands for itself")
        XCTAssertEqual(try stored(), ["c1", "r1", "c3", "r3", "c4", "alone"])
        XCTAssertEqual(script.transactions, 1)
        _ = await queue.close()
    }

    @RequestLoop
    func testPairThatTheDiskDoesNotTakeIsForgottenAsAWhole() async throws {
        let script = Script()
        var limits = DurableLimits()
        limits.retryMilliseconds = 3_600_000
        let queue = try await open(script, limits: limits)
        script.pagesMax = 1
        let big = String(repeating: "x", count: 100_000)
        do {
            _ = try await queue.write(
                table: 0, if: DurableCondition(table: 0) { $0.append("condition") }
            ) { $0.append(big) }
            XCTFail("the disk is full")
        } catch {
            guard case .storage = error else { return XCTFail("\(error)") }
        }
        XCTAssertEqual(queue.rowsInUse, 0)
        script.pagesMax = 1 << 30
        try await queue.flush()
        XCTAssertEqual(try stored(), [])
        _ = await queue.close()
    }

    @RequestLoop
    func testWhatComesWhileTheDiskIsBusySharesOneCommit() async throws {
        let script = Script()
        let queue = try await open(script)
        script.hold()
        let first = Task { @RequestLoop in try await queue.write(table: 0) { $0.append("first") } }
        await script.untilHeld()
        var rest: [Task<UInt32, any Error>] = []
        for number in 0..<50 {
            rest.append(
                Task { @RequestLoop in try await queue.write(table: 0) { $0.append("\(number)") } })
            // A task each that yields: the rows come in many ticks, not in one.
            await EventLoop.shared.sleep(nanoseconds: 1)
        }
        script.letGo()
        _ = try await first.value
        for write in rest { _ = try await write.value }
        XCTAssertEqual(script.transactions, 2)
        XCTAssertEqual(try stored(), ["first"] + (0..<50).map { "\($0)" })
        _ = await queue.close()
    }

    @RequestLoop
    func testFullDiskTellsWaitersRefusesNewRowsAndKeepsWhatHappened() async throws {
        let script = Script()
        var limits = DurableLimits()
        limits.retryMilliseconds = 3_600_000
        let queue = try await open(script, limits: limits)
        var slot = try queue.admit(rows: 3)
        let big = String(repeating: "x", count: 100_000)

        script.pagesMax = 1
        let intent = Task { @RequestLoop in
            try await queue.write(table: 0, withdrawable: true) { $0.append("intent" + big) }
        }
        let outcome = Task { @RequestLoop in
            try await queue.write(table: 0) { $0.append("outcome" + big) }
        }
        for failed in [intent, outcome] {
            do {
                _ = try await failed.value
                XCTFail("the disk is full")
            } catch DurableFault.storage(let error) {
                XCTAssertTrue(error.isFull, "\(error)")
            }
        }
        guard case .failed = queue.health else { return XCTFail("\(queue.health)") }
        do {
            try queue.note(table: 0) { $0.append("new") }
            XCTFail("a failed queue takes nothing new")
        } catch DurableFault.storage(let error) {
            XCTAssertTrue(error.isFull)
        }
        // Admitted before the disk was full: taken, told of the failure, kept.
        do {
            _ = try await queue.write(table: 0, slot: &slot) { $0.append("late") }
            XCTFail("the disk is still full")
        } catch DurableFault.storage(let error) {
            XCTAssertTrue(error.isFull)
        }
        XCTAssertEqual(try stored(), [])

        script.pagesMax = 1 << 30
        _ = try await queue.write(table: 0, slot: &slot) { $0.append("again") }
        XCTAssertEqual(queue.health, .working)
        try queue.note(table: 0) { $0.append("new") }
        try await queue.flush()
        XCTAssertEqual(try stored(), ["outcome" + big, "late", "again", "new"])
        XCTAssertEqual(queue.rowsInUse, slot.rows, "all room came back")
        _ = await queue.close()
    }

    @RequestLoop
    func testQueueTriesAgainByItselfAndThenTakesRows() async throws {
        let script = Script()
        var limits = DurableLimits()
        limits.retryMilliseconds = 1
        let queue = try await open(script, limits: limits)
        script.pagesMax = 1
        let big = String(repeating: "x", count: 100_000)
        do {
            _ = try await queue.write(table: 0, withdrawable: true) { $0.append(big) }
            XCTFail("the disk is full")
        } catch DurableFault.storage {}
        script.pagesMax = 1 << 30
        // Nothing is left to write: the probe alone must find out that the disk works again.
        while queue.health != .working { await EventLoop.shared.sleep(nanoseconds: 1_000_000) }
        _ = try await queue.write(table: 0) { $0.append("fine") }
        XCTAssertEqual(try stored(), ["fine"])
        _ = await queue.close()
    }

    @RequestLoop
    func testClosingOnAFullDiskSaysHowManyRowsWereLost() async throws {
        let script = Script()
        let queue = try await open(script)
        script.pagesMax = 1
        for _ in 0..<3 {
            try queue.note(table: 0) { $0.append(String(repeating: "x", count: 100_000)) }
        }
        let lost = await queue.close()
        XCTAssertEqual(lost, 3)
        XCTAssertEqual(queue.health, .closed)
    }

    @RequestLoop
    func testFileOfOthersIsRefusedAtOpening() async throws {
        _ = try Database.open(path, schema: Schema(applicationID: 8, migrations: ["SELECT 1"]))
        do {
            _ = try await open(Script())
            XCTFail("the file is another program's")
        } catch StoreError.foreign(let id) {
            XCTAssertEqual(id, 8)
        }
    }

    @RequestLoop
    func testBytesUnderWayAreBoundedToo() async throws {
        let script = Script()
        var limits = DurableLimits()
        limits.bytesMax = 1_000
        let queue = try await open(script, limits: limits)
        try queue.note(table: 0) { $0.append(String(repeating: "x", count: 1_000)) }
        do {
            try queue.note(table: 0) { $0.append("y") }
            XCTFail("there is no room")
        } catch DurableFault.overloaded {}
        try await queue.flush()
        try queue.note(table: 0) { $0.append("y") }
        _ = await queue.close()
        XCTAssertEqual(try stored().count, 2)
    }
}
