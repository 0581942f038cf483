import Foundation
import RIGAudit
import RIGBytes
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

/// Whoever edits the audit without its key is found out, whatever they do.
final class TamperTests: XCTestCase {
    private var folder = TemporaryFolder("audit")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    /// Rows `calls`, each in a commit of its own, with a checkpoint every three rows and at the end.
    private func fill(_ calls: ClosedRange<Int>) async throws {
        let path = path
        try await onLoop {
            var options = AuditOptions()
            options.checkpointRows = 3
            let log = try await AuditLog.open(path, options: options)
            for call in calls {
                var row = Sample.row(.outcome, call: call)
                row.args = #"{"amount":1200}"#
                row.note = "as it was"
                try await log.record(row)
            }
            _ = await log.close()
        }
    }

    /// Runs SQL as somebody would who wants to get round the triggers.
    private func edit(_ sql: String) throws {
        let database = try Database.open(path, schema: .state)
        for table in ["audit_row", "audit_checkpoint"] {
            for verb in ["changed", "deleted"] {
                try database.execute("DROP TRIGGER IF EXISTS \(table)_is_never_\(verb)")
            }
        }
        try database.execute("PRAGMA foreign_keys = OFF; \(sql)")
    }

    private func breaches() throws -> [AuditBreach] { try AuditVerifier.verify(path).breaches }

    private func first() throws -> AuditBreach { try XCTUnwrap(breaches().first) }

    private var checkpointFile: String { folder.path("audit.checkpoints") }

    private func lines() throws -> [Substring] {
        try String(contentsOfFile: checkpointFile, encoding: .utf8)
            .split(separator: "\n")
    }

    private func write(_ lines: [Substring]) throws {
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: checkpointFile, atomically: false, encoding: .utf8)
    }

    /// A copy of the state, to put back later or to start each edit from.
    private func copy(_ names: [String], to place: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path(place), withIntermediateDirectories: true)
        for name in names where FileManager.default.fileExists(atPath: folder.path(name)) {
            let target = folder.path(place + "/" + (name as NSString).lastPathComponent)
            try? FileManager.default.removeItem(atPath: target)
            try FileManager.default.copyItem(atPath: folder.path(name), toPath: target)
        }
    }

    private static let state = ["state.db", "state.db-wal", "audit.checkpoints", "audit.key"]

    private func restore(from place: String, _ names: [String] = state) throws {
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        for name in names {
            try? FileManager.default.removeItem(atPath: folder.path(name))
            let source = folder.path(place + "/" + name)
            if FileManager.default.fileExists(atPath: source) {
                try FileManager.default.copyItem(atPath: source, toPath: folder.path(name))
            }
        }
    }

    func testUntouchedAuditIsIntactAndSignedToItsEnd() async throws {
        try await fill(1...10)
        let found = try AuditVerifier.verify(path)
        XCTAssertEqual(found.breaches, [])
        XCTAssertEqual(found.first, 1)
        XCTAssertEqual(found.last, 10)
        XCTAssertEqual(found.signedThrough, 10, "a clean close signs the last row")
        XCTAssertEqual(found.checkpoints, 5, "before the first row, after 3, 6 and 9, at the end")
        XCTAssertEqual(try lines().count, 5)
    }

    func testKeyAndCheckpointsAreForTheirOwnerOnly() async throws {
        try await fill(1...1)
        for name in ["audit.key", "audit.checkpoints"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path(name))
            XCTAssertEqual(mode[FileAttributeKey.posixPermissions] as? Int, 0o600, name)
        }
        let key = try Data(contentsOf: URL(fileURLWithPath: folder.path("audit.key")))
        try await fill(2...2)
        XCTAssertEqual(
            try Data(contentsOf: URL(fileURLWithPath: folder.path("audit.key"))), key)
    }

    func testAnEditOfAnyColumnIsFoundAtItsRow() async throws {
        try await fill(1...7)
        try copy(Self.state, to: "kept")
        let database = try Database.open(path, schema: .state)
        var columns: [(name: String, type: String)] = []
        do {
            let table = try database.prepare(
                "SELECT name, type FROM pragma_table_info('audit_row')")
            while try table.step() { columns.append((table.text(0), table.text(1))) }
        }
        XCTAssertEqual(columns.count, 24)
        for column in columns where column.name != "seq" {
            try restore(from: "kept")
            let value =
                switch column.type {
                case "INTEGER": "\(column.name) + 1"
                case "BLOB": "zeroblob(32)"
                default: "\(column.name) || 'x'"
                }
            try edit("UPDATE audit_row SET \(column.name) = \(value) WHERE seq = 4")
            let found = try breaches()
            XCTAssertEqual(found.first?.kind, .rowChanged, column.name)
            XCTAssertEqual(found.first?.seq, 4, column.name)
        }
    }

    func testDeletedMovedAndInsertedRowsAreFound() async throws {
        try await fill(1...7)
        try copy(Self.state, to: "kept")
        let swap = """
            UPDATE audit_row SET seq = 99 WHERE seq = 2;
            UPDATE audit_row SET seq = 2 WHERE seq = 3;
            UPDATE audit_row SET seq = 3 WHERE seq = 99
            """
        let copyOfLast = """
            CREATE TEMP TABLE one AS SELECT * FROM audit_row WHERE seq = 7;
            UPDATE one SET seq = 8; INSERT INTO audit_row SELECT * FROM one
            """
        for (sql, kind, seq) in [
            ("DELETE FROM audit_row WHERE seq = 5", AuditBreach.Kind.rowMissing, 5),
            ("DELETE FROM audit_row WHERE seq = 1", .rowMissing, 1),
            ("DELETE FROM audit_row WHERE seq IN (3, 4, 5)", .rowMissing, 3),
            (swap, .rowChanged, 2), (copyOfLast, .rowChanged, 8),
            ("UPDATE audit_row SET seq = 12 WHERE seq = 7", .rowMissing, 7),
            ("DELETE FROM audit_row", .tailMissing, 1),
        ] {
            try restore(from: "kept")
            try edit(sql)
            XCTAssertEqual(try first().kind, kind, sql)
            XCTAssertEqual(try first().seq, Int64(seq), sql)
        }
    }

    func testATailThatIsCutOffIsFoundEvenTogetherWithItsCheckpoints() async throws {
        try await fill(1...7)
        try edit(
            """
            DELETE FROM audit_row WHERE seq > 4;
            DELETE FROM audit_checkpoint WHERE seq > 4
            """)
        let found = try breaches()
        XCTAssertEqual(found.first?.kind, .tailMissing)
        XCTAssertEqual(found.first?.seq, 5)
        XCTAssertEqual(found.first?.through, 7)
        XCTAssertEqual(found.last?.kind, .checkpointMissing)
        XCTAssertEqual(found.last?.place, "database")

        try await fill(11...14)
        let later = try breaches().map(\.kind)
        XCTAssertTrue(
            later.contains(.rowsRewritten) && later.contains(.checkpointMissing),
            "and is still found when RIG has written on: \(later)")
    }

    func testRowsThatWereAllLinkedAnewAreFoundBetweenTheirCheckpoints() async throws {
        try await fill(1...10)
        // Somebody who knows the published rule, and makes row 5 and all after it fit.
        let records = try AuditReader.open(path).page(order: .oldestFirst).records
        var previous = records[3].hash
        var sql = "UPDATE audit_row SET actor = 'bob' WHERE seq = 5;"
        for record in records[4...] {
            let buffer = ByteBuffer()
            record.appendJSON(to: buffer)
            var line = buffer.string(buffer.range).replacingOccurrences(
                of: #""hash":"\#(Hex.encode(record.hash))","#, with: "")
            if record.seq == 5 {
                line = line.replacingOccurrences(of: #""actor":"ann""#, with: #""actor":"bob""#)
            }
            previous = SHA256.digest(previous + Array(line.utf8)).bytes
            sql +=
                "UPDATE audit_row SET hash = x'\(Hex.encode(previous))' WHERE seq = \(record.seq);"
        }
        try edit(sql)
        guard case .intact = try AuditReader.open(path).verify() else {
            return XCTFail("the forged chain links up, or the test proves nothing")
        }
        XCTAssertEqual(try first().kind, .rowsRewritten)
        XCTAssertEqual(try first().seq, 4)
        XCTAssertEqual(try first().through, 6)
    }

    func testADatabasePutBackToAnOlderCopyIsFoundAlsoOnceItWasWrittenOn() async throws {
        try await fill(1...5)
        try copy(["state.db", "state.db-wal"], to: "older")
        try await fill(6...10)
        try restore(from: "older", ["state.db", "state.db-wal"])
        XCTAssertEqual(try first().kind, .tailMissing)
        XCTAssertEqual(try first().seq, 6)
        try await fill(21...40)
        let kinds = try breaches().map(\.kind)
        XCTAssertEqual(kinds.first, .rowsRewritten)
        XCTAssertEqual(try first().seq, 6)
    }

    func testAnOlderCopyOfBothPlacesThatWasWrittenOnDisagreesWithAKeptFile() async throws {
        try await fill(1...5)
        try copy(Self.state, to: "older")
        try await fill(6...10)
        let kept = try lines()
        try restore(from: "older")
        XCTAssertEqual(try breaches(), [], "nothing on this machine remembers better")
        try await fill(21...25)
        // The operator's own copy of the file, kept elsewhere, does.
        try write(kept)
        XCTAssertTrue(try breaches().contains { $0.kind == .checkpointsDisagree })
        XCTAssertEqual(try first().kind, .rowsRewritten)
    }

    func testAForeignDatabaseWithItsOwnCheckpointsIsFound() async throws {
        try await fill(1...5)
        try copy(["audit.checkpoints", "audit.key"], to: "ours")
        for name in Self.state { try? FileManager.default.removeItem(atPath: folder.path(name)) }
        try await fill(1...9)
        try restore(from: "ours", ["audit.checkpoints", "audit.key"])
        XCTAssertTrue(try breaches().contains { $0.kind == .otherKey })
    }

    func testMissingOrEditedCheckpointsAreFoundInEitherPlace() async throws {
        try await fill(1...10)
        try copy(Self.state, to: "kept")
        let whole = try lines()
        XCTAssertEqual(whole.count, 5)
        func expect(
            _ kind: AuditBreach.Kind, checkpoint: Int64, _ change: () throws -> Void,
            line: UInt = #line
        ) throws {
            try restore(from: "kept")
            try change()
            let found = try breaches()
            XCTAssertTrue(
                found.contains { $0.kind == kind && $0.checkpoint == checkpoint }, "\(found)",
                line: line)
        }
        try expect(.checkpointMissing, checkpoint: 1) {
            try FileManager.default.removeItem(atPath: checkpointFile)
        }
        try expect(.checkpointMissing, checkpoint: 3) { try write(Array(whole[..<2])) }
        try expect(.checkpointMissing, checkpoint: 2) { try write([whole[0]] + whole[2...]) }
        try expect(.checkpointMissing, checkpoint: 1) { try write(Array(whole[2...])) }
        try expect(.checkpointMissing, checkpoint: 4) {
            try edit("DELETE FROM audit_checkpoint WHERE number = 4")
        }
        try expect(.checkpointMissing, checkpoint: 1) { try edit("DELETE FROM audit_checkpoint") }
        try expect(.checkpointForged, checkpoint: 3) {
            try edit("UPDATE audit_checkpoint SET seq = 5 WHERE number = 3")
        }
        try expect(.checkpointForged, checkpoint: 3) {
            try edit("UPDATE audit_checkpoint SET time_ms = 0 WHERE number = 3")
        }
        // Nobody can say that rows were pruned but who has the key.
        try expect(.checkpointForged, checkpoint: 5) {
            try edit(
                """
                UPDATE audit_checkpoint SET start_seq = 3,
                  start_hash = (SELECT hash FROM audit_row WHERE seq = 3) WHERE number = 5;
                DELETE FROM audit_row WHERE seq <= 3
                """)
        }
        let last = String(whole[4]).replacingOccurrences(of: #""seq":10"#, with: #""seq":9"#)
        try expect(.checkpointForged, checkpoint: 5) { try write(whole[..<4] + [last[...]]) }
        // What is no checkpoint is passed over, so its number is missing.
        try expect(.checkpointMissing, checkpoint: 4) {
            try write([whole[0], whole[1], whole[2], whole[3].dropLast(9), whole[4]])
        }
    }

    func testALineCutShortByAKillIsNoTampering() async throws {
        try await fill(1...4)
        let whole = try lines()
        // The last checkpoint reached the database, and half of it the file.
        try (whole.dropLast().joined(separator: "\n") + "\n" + whole[whole.count - 1].prefix(30))
            .write(toFile: checkpointFile, atomically: false, encoding: .utf8)
        XCTAssertEqual(try breaches(), [])
        try await fill(5...8)
        XCTAssertEqual(try breaches(), [])
        XCTAssertEqual(
            try lines().filter { $0 == whole[whole.count - 1] }.count, 1, "it was written again")
    }

    func testAnotherKeyOrNoneIsSaidOnce() async throws {
        try await fill(1...7)
        let key = folder.path("audit.key")
        try FileManager.default.removeItem(atPath: key)
        XCTAssertEqual(try breaches().map(\.kind), [.keyMissing])
        try (String(repeating: "5a", count: 32) + "\n").write(
            toFile: key, atomically: false, encoding: .utf8)
        XCTAssertEqual(try breaches().map(\.kind), [.otherKey])
        try "not a key".write(toFile: key, atomically: false, encoding: .utf8)
        XCTAssertThrowsError(try breaches()) {
            XCTAssertEqual($0 as? StoreError, .unusableKey(path: key))
        }
    }

    func testTheDatabaseItselfRefusesChangesAndDeletions() async throws {
        try await fill(1...4)
        let database = try Database.open(path, schema: .state)
        for sql in [
            "UPDATE audit_row SET note = ''", "DELETE FROM audit_row WHERE seq = 1",
            "DELETE FROM audit_row", "UPDATE audit_checkpoint SET seq = 0",
            "DELETE FROM audit_checkpoint",
        ] {
            XCTAssertThrowsError(try database.execute(sql), sql)
        }
    }
}
