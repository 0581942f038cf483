import Foundation
import RIGAudit
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

final class CrashTests: XCTestCase {
    private var folder = TemporaryFolder("audit")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    private func allRecords() throws -> [AuditRecord] {
        let reader = try AuditReader.open(path)
        var records: [AuditRecord] = []
        while true {
            let page = try reader.page(
                order: .oldestFirst, after: records.last?.seq, limit: 10_000)
            records += page.records
            if !page.hasMore { return records }
        }
    }

    /// A load of calls with side effects, killed at 200 random points (RIG_AUDIT_KILLS). Each line
    /// "i" is an effect, said once the intent was on disk; each line "o" is an answer.
    func testKillAtAnyPointLeavesNoEffectWithoutIntentAndNoAnswerWithoutOutcome() async throws {
        let kills = ProcessInfo.processInfo.environment["RIG_AUDIT_KILLS"].flatMap(Int.init) ?? 200
        var said: Set<String> = []
        for number in 1...kills {
            let program = try LoadProgram([path, "calls", "8"])
            var left = Int.random(in: 1...60)
            while left > 0, let line = program.line() {
                XCTAssertFalse(line.hasPrefix("failed"), line)
                said.insert(line)
                left -= 1
            }
            program.kill()
            while let line = program.line() { said.insert(line) }
            if number.isMultiple(of: 20) {
                XCTAssertEqual(try AuditVerifier.verify(path).breaches, [], "after kill \(number)")
            }
        }
        let stored = Set(
            try allRecords().map { "\($0.kind == "intent" ? "i" : "o") \($0.callID)" })
        XCTAssertEqual(said.filter { !$0.hasPrefix("open") && !stored.contains($0) }, [])

        // What the last run left open is closed now, and every call has exactly one outcome.
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            _ = await log.close()
        }
        let records = try allRecords()
        let intents = records.filter { $0.kind == "intent" }.map(\.callID)
        let outcomes = records.filter { $0.kind == "outcome" }.map(\.callID)
        XCTAssertEqual(intents.count, Set(intents).count)
        XCTAssertEqual(outcomes.sorted(), intents.sorted())
        let unknown = records.filter { $0.status == "unknown_outcome" }
        XCTAssertGreaterThan(unknown.count, 0, "a kill in the middle leaves calls open")
        XCTAssertLessThanOrEqual(unknown.count, 8 * kills)
        for row in unknown {
            XCTAssertFalse(said.contains("o \(row.callID)"), "an answered call is known")
        }
        let found = try AuditVerifier.verify(path)
        XCTAssertEqual(found.breaches, [])
        XCTAssertEqual(found.last, Int64(records.count))
        XCTAssertEqual(found.signedThrough, found.last)
        XCTAssertGreaterThan(found.checkpoints, kills / 2, "kills met checkpoints")
    }

    func testIntentsOfALivingProcessAreLeftAloneAndOfADeadOneRecoveredOnce() async throws {
        let path = path
        let program = try LoadProgram([path, "hold"])
        XCTAssertEqual(program.line(), "open 0")
        let intent = try XCTUnwrap(program.line())

        let whileAlive = try await onLoop {
            let log = try await AuditLog.open(path)
            let count = log.orphansRecovered
            _ = await log.close()
            return count
        }
        XCTAssertEqual(whileAlive, 0)
        program.kill()

        var recovered: [Int] = []
        for _ in 0..<3 {
            recovered.append(
                try await onLoop {
                    let log = try await AuditLog.open(path)
                    let count = log.orphansRecovered
                    _ = await log.close()
                    return count
                })
        }
        XCTAssertEqual(recovered, [1, 0, 0])
        let rows = try AuditReader.open(path).page(order: .oldestFirst).records
        XCTAssertEqual(rows.map(\.kind), ["intent", "outcome"])
        XCTAssertEqual("i " + rows[1].callID, intent)
        XCTAssertEqual(rows[1].status, "unknown_outcome")
        XCTAssertEqual(rows[1].note, "the sidecar ended before the outcome was recorded")
        XCTAssertEqual(rows[1].tool, "echo.say")
        XCTAssertNotEqual(rows[1].run, rows[0].run)
    }

    func testProcessThatEndsItselfWithACallOpenLeavesAnOrphanToo() async throws {
        let path = path
        let program = try LoadProgram([path, "hold"])
        while let line = program.line(), !line.hasPrefix("i ") {}
        program.release()
        let recovered = try await onLoop {
            let log = try await AuditLog.open(path)
            let count = log.orphansRecovered
            _ = await log.close()
            return count
        }
        XCTAssertEqual(recovered, 1)
    }

    func testManyProcessesWriteOneChain() throws {
        let programs = try (0..<4).map { _ in try LoadProgram([path, "calls", "2"]) }
        var said = 0
        for program in programs {
            for _ in 0..<50 {
                guard let line = program.line() else { return XCTFail("a program ended early") }
                XCTAssertFalse(line.hasPrefix("failed"), line)
                said += 1
            }
        }
        for program in programs { program.kill() }
        let reader = try AuditReader.open(path)
        guard case .intact(let rows, _) = try reader.verify() else {
            return XCTFail("the chain broke")
        }
        XCTAssertGreaterThanOrEqual(Int(rows), said - programs.count)
        let page = try reader.page(limit: 10_000)
        XCTAssertEqual(Set(page.records.map(\.run)).count, 4)
        let found = try AuditVerifier.verify(path)
        XCTAssertEqual(found.breaches, [], "they made their checkpoints one after the other")
        XCTAssertGreaterThan(found.checkpoints, 2)
    }

    func testDiskThatTakesNoMoreFailsClosedAndLosesNothing() throws {
        let program = try LoadProgram([path, "limit"])
        var lines: [String] = []
        while let line = program.line() { lines.append(line) }
        program.release()
        let events = lines.filter { !$0.hasPrefix("i ") && !$0.hasPrefix("o ") }
        guard events.count == 6 else { return XCTFail("\(events)") }
        let error = events[1].dropFirst("hit ".count)
        XCTAssertTrue(["SQLITE_FULL", "SQLITE_IOERR"].contains(error), "\(events)")
        XCTAssertEqual(events[2], "refused \(error)")
        XCTAssertTrue(events[3].hasPrefix("kept "))
        XCTAssertEqual(Array(events[4...]), ["works", "lost 0"])

        let reader = try AuditReader.open(path)
        guard case .intact = try reader.verify() else { return XCTFail("the chain broke") }
        let records = try allRecords()
        let stored = Set(records.map { "\($0.kind == "intent" ? "i" : "o") \($0.callID)" })
        XCTAssertEqual(stored.count, records.count, "no row was written twice")
        let calls = lines.filter { $0.hasPrefix("i ") || $0.hasPrefix("o ") }
        XCTAssertEqual(calls.filter { !stored.contains($0) }, [])
        XCTAssertTrue(stored.contains("o " + events[3].dropFirst("kept ".count)))
    }
}
