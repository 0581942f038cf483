import Foundation
import RIGAudit
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

final class RetentionTests: XCTestCase {
    private var folder = TemporaryFolder("audit")
    private var path: String { folder.path("state.db") }
    private static let day: Int64 = 86_400_000

    override func tearDown() { folder.remove() }

    /// One row a day for `days` days, the last one of today.
    private func fill(days: Int) async throws {
        let path = path
        try await onLoop {
            var options = AuditOptions()
            options.checkpointRows = 4
            let log = try await AuditLog.open(path, options: options)
            let now = WallClock.nowMilliseconds()
            for day in 1...days {
                var row = Sample.row(.outcome, call: day)
                row.timeMilliseconds = now - Int64(days - day) * Self.day
                try await log.record(row)
            }
            _ = await log.close()
        }
    }

    private func sequence() throws -> [Int64] {
        try AuditReader.open(path).page(order: .oldestFirst, limit: 10_000).records.map(\.seq)
    }

    /// Opens the audit with a retention and waits until the database holds `rows` rows.
    private func prune(
        olderThan milliseconds: Int64, sinks: [AuditOptions.Sink] = [],
        until isDone: @Sendable @escaping ([Int64]) -> Bool
    ) async throws {
        let path = path
        try await onLoop {
            var options = AuditOptions()
            options.retentionMilliseconds = milliseconds
            options.sinks = sinks
            options.pruningMilliseconds = 50
            let log = try await AuditLog.open(path, options: options)
            let reader = try AuditReader.open(path)
            while true {
                let rows = try reader.page(order: .oldestFirst, limit: 10_000).records.map(\.seq)
                if isDone(rows) { break }
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            XCTAssertEqual(log.troubles.lines, [])
            _ = await log.close()
        }
    }

    func testOldRowsGoAndTheRestVerifies() async throws {
        try await fill(days: 30)
        try await prune(olderThan: 10 * Self.day) { $0.first == 21 }
        XCTAssertEqual(try sequence(), Array(21...30))
        let found = try AuditVerifier.verify(path)
        XCTAssertEqual(found.breaches, [])
        XCTAssertEqual(found.first, 21)
        XCTAssertEqual(found.last, 30)
        guard case .intact(rows: 10, _) = try AuditReader.open(path).verify() else {
            return XCTFail("the chain begins where the checkpoint says")
        }
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            try await log.record(Sample.row(.outcome, call: 31))
            _ = await log.close()
        }
        XCTAssertEqual(try sequence(), Array(21...31), "numbers go on")
        XCTAssertEqual(try AuditVerifier.verify(path).breaches, [])
    }

    func testCheckpointFileLosesWhatSpeaksOfPrunedRowsOnly() async throws {
        let (path, file) = (path, folder.path("audit.checkpoints"))
        try await onLoop {
            var options = AuditOptions()
            options.checkpointRows = 1
            let log = try await AuditLog.open(path, options: options)
            let now = WallClock.nowMilliseconds()
            for call in 1...400 {
                var row = Sample.row(.outcome, call: call)
                row.timeMilliseconds = now - (call <= 390 ? 20 : 0) * Self.day
                try await log.record(row)
            }
            _ = await log.close()
        }
        func size() throws -> Int { try Data(contentsOf: URL(fileURLWithPath: file)).count }
        let before = try size()
        XCTAssertGreaterThan(before, 64 << 10, "there is something to cut")
        let kept = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").suffix(
            10)
        try await prune(olderThan: 10 * Self.day) { rows in
            rows.first == 391
                && (try? Data(contentsOf: URL(fileURLWithPath: file)).count) ?? before < 64 << 10
        }
        let after = try String(contentsOfFile: file, encoding: .utf8)
        XCTAssertLessThan(try size(), 64 << 10)
        for line in kept { XCTAssertTrue(after.contains(line), "\(line)") }
        XCTAssertEqual(try AuditVerifier.verify(path).breaches, [])
        // It is still what finds rows that were cut off.
        let database = try Database.open(path, schema: .state)
        try database.execute(
            "DROP TRIGGER audit_row_is_never_deleted; DELETE FROM audit_row WHERE seq > 398")
        XCTAssertEqual(try AuditVerifier.verify(path).breaches.first?.kind, .tailMissing)
    }

    func testOneRowMoreThanWasPrunedIsFound() async throws {
        try await fill(days: 30)
        try await prune(olderThan: 10 * Self.day) { $0.first == 21 }
        let database = try Database.open(path, schema: .state)
        try database.execute(
            "DROP TRIGGER audit_row_is_never_deleted; DELETE FROM audit_row WHERE seq = 21")
        let first = try XCTUnwrap(AuditVerifier.verify(path).breaches.first)
        XCTAssertEqual(first.kind, .rowMissing)
        XCTAssertEqual(first.seq, 21)
    }

    func testTheNewestRowAndOpenCallsStay() async throws {
        let path = path
        try await fill(days: 3)
        let program = try LoadProgram([path, "hold"])
        while let line = program.line(), !line.hasPrefix("i ") {}
        try await onLoop {
            let log = try await AuditLog.open(path)
            for call in 10...12 { try await log.record(Sample.row(.outcome, call: call)) }
            _ = await log.close()
        }
        // Rows 5 to 7 are older still, but the open call's intent stands before them.
        try await prune(olderThan: -Self.day) { $0.first == 4 }
        XCTAssertEqual(try sequence(), [4, 5, 6, 7])
        program.kill()
        // The call is closed as unknown, and then nothing but the newest row has to stay.
        try await prune(olderThan: -Self.day) { $0.count == 1 }
        XCTAssertEqual(try sequence(), [8])
        XCTAssertEqual(try AuditVerifier.verify(path).breaches, [])
    }

    func testAnEditedRowIsNotPrunedAway() async throws {
        try await fill(days: 10)
        let database = try Database.open(path, schema: .state)
        try database.execute(
            """
            DROP TRIGGER audit_row_is_never_changed;
            UPDATE audit_row SET actor = 'bob' WHERE seq = 3
            """)
        let path = path
        let said = try await onLoop {
            var options = AuditOptions()
            options.retentionMilliseconds = Self.day
            let log = try await AuditLog.open(path, options: options)
            while log.troubles.lines.isEmpty {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            let said = log.troubles.lines
            _ = await log.close()
            return said
        }
        XCTAssertEqual(said, ["retention: row 3 is not as it was written; nothing is pruned"])
        XCTAssertEqual(try sequence(), Array(1...10))
        XCTAssertEqual(try AuditVerifier.verify(path).breaches.first?.seq, 3)
    }

    func testRowsThatASinkHasNotHadStay() async throws {
        try await fill(days: 10)
        // A sink that cannot work: its path is a folder.
        let sink = AuditOptions.Sink.jsonl(path: folder.path("not-there/audit.jsonl"))
        let path = path
        try await onLoop {
            var options = AuditOptions()
            options.retentionMilliseconds = Self.day
            options.pruningMilliseconds = 1
            options.sinks = [sink]
            let log = try await AuditLog.open(path, options: options)
            while log.troubles.lines.isEmpty {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            for call in 11...13 { try await log.record(Sample.row(.outcome, call: call)) }
            _ = await log.close()
        }
        XCTAssertEqual(try sequence().first, 1)
        try FileManager.default.createDirectory(
            atPath: folder.path("not-there"), withIntermediateDirectories: false)
        try await prune(olderThan: Self.day / 2, sinks: [sink]) { $0.first ?? 0 > 1 }
        let text = try String(contentsOfFile: folder.path("not-there/audit.jsonl"), encoding: .utf8)
        XCTAssertEqual(text.split(separator: "\n").count, 13, "every row went out before it went")
    }
}
