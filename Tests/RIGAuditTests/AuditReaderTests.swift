import Foundation
import RIGAudit
import RIGBytes
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

final class AuditReaderTests: XCTestCase {
    private var folder = TemporaryFolder("audit")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    private func fill(_ calls: ClosedRange<Int>, tool: String = "echo.say") async throws {
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            for call in calls {
                try log.note(
                    Sample.row(.outcome, call: call, subject: AuditSubject(tool: tool)))
            }
            _ = await log.close()
        }
    }

    func testPagesNeitherSkipNorRepeatWhileRowsAreAdded() async throws {
        try await fill(1...25)
        let reader = try AuditReader.open(path)
        var seen: [Int64] = []
        var cursor: Int64?
        var next = 26
        while true {
            let page = try reader.page(after: cursor, limit: 10)
            seen += page.records.map(\.seq)
            cursor = page.cursor
            if !page.hasMore { break }
            try await fill(next...next + 2)
            next += 3
        }
        XCTAssertEqual(seen, Array((1...25).reversed()))
    }

    func testCursorAtTheEndFollowsNewRows() async throws {
        try await fill(1...3)
        let reader = try AuditReader.open(path)
        let first = try reader.page(order: .oldestFirst)
        XCTAssertFalse(first.hasMore)
        let none = try reader.page(order: .oldestFirst, after: first.cursor)
        XCTAssertEqual(none.records, [])
        XCTAssertEqual(none.cursor, 3)
        try await fill(4...5)
        let more = try reader.page(order: .oldestFirst, after: none.cursor)
        XCTAssertEqual(more.records.map(\.seq), [4, 5])
    }

    func testPageThatEndsOnTheLastRowHasNoMore() async throws {
        try await fill(1...4)
        let reader = try AuditReader.open(path)
        XCTAssertFalse(try reader.page(limit: 4).hasMore)
        XCTAssertTrue(try reader.page(limit: 3).hasMore)
    }

    func testEveryFilterSelectsByItsColumn() async throws {
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            try await log.record(Sample.row(.outcome, call: 1))
            var other = Sample.row(
                .outcome, call: 2, subject: AuditSubject(tool: "fs.re[a]d?"),
                status: .error(.timeout))
            other.tenant = "other"
            other.actor = "bob"
            try await log.record(other)
            _ = await log.close()
        }
        let reader = try AuditReader.open(path)
        func seqs(_ change: (inout AuditFilter) -> Void) throws -> [Int64] {
            var filter = AuditFilter()
            change(&filter)
            return try reader.page(filter, order: .oldestFirst).records.map(\.seq)
        }
        XCTAssertEqual(try seqs { _ in }, [1, 2])
        XCTAssertEqual(try seqs { $0.tool = "echo.*" }, [1])
        XCTAssertEqual(try seqs { $0.tool = "*" }, [1, 2])
        XCTAssertEqual(try seqs { $0.tool = "fs.re[a]d?" }, [2], "only * is special")
        XCTAssertEqual(try seqs { $0.tool = "fs.re[b-z]*" }, [])
        XCTAssertEqual(try seqs { $0.tenant = "other" }, [2])
        XCTAssertEqual(try seqs { $0.actor = "ann" }, [1])
        XCTAssertEqual(try seqs { $0.status = "timeout" }, [2])
        XCTAssertEqual(try seqs { $0.kind = .intent }, [])
        XCTAssertEqual(try seqs { $0.callID = Sample.callText(2) }, [2])
        XCTAssertEqual(try seqs { $0.correlationID = Sample.callText(1) }, [1])
        XCTAssertEqual(try seqs { $0.sinceMilliseconds = 1_002 }, [2])
        XCTAssertEqual(try seqs { $0.untilMilliseconds = 1_002 }, [1])
        XCTAssertEqual(
            try seqs {
                $0.tenant = "acme"
                $0.status = "timeout"
            }, [], "filters add up")
    }

    func testEveryKindOfEditIsFoundAtItsRow() async throws {
        try await fill(1...6)
        let edits: [(sql: String, row: Int64)] = [
            ("UPDATE audit_row SET tool = 'echo.sax' WHERE seq = 3", 3),
            ("UPDATE audit_row SET attempts = 2 WHERE seq = 1", 1),
            ("UPDATE audit_row SET hash = zeroblob(32) WHERE seq = 6", 6),
            ("UPDATE audit_row SET note = printf('%.70000c', 'x') WHERE seq = 4", 4),
            ("DELETE FROM audit_row WHERE seq = 5", 5),
            (
                """
                UPDATE audit_row SET seq = 99 WHERE seq = 2;
                UPDATE audit_row SET seq = 2 WHERE seq = 3;
                UPDATE audit_row SET seq = 3 WHERE seq = 99
                """, 2
            ),
        ]
        for (number, edit) in edits.enumerated() {
            let copy = folder.path("copy\(number).db")
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            let database = try Database.open(copy, schema: .state)
            try database.execute(
                """
                DROP TRIGGER audit_row_is_never_changed; DROP TRIGGER audit_row_is_never_deleted;
                PRAGMA foreign_keys = OFF; \(edit.sql)
                """)
            XCTAssertEqual(
                try AuditChain.verify(database), .broken(seq: edit.row), "after \(edit.sql)")
        }
        guard case .intact(rows: 6, _) = try AuditReader.open(path).verify() else {
            return XCTFail("the original is intact")
        }
    }
}
