import Foundation
import RIGBytes
import RIGStore
import RIGTestSupport
import XCTest

final class DatabaseTests: XCTestCase {
    private var folder = TemporaryFolder("store")
    private let one = Schema(
        applicationID: 77, migrations: ["CREATE TABLE t(a INTEGER, b TEXT, c BLOB) STRICT"])

    override func tearDown() { folder.remove() }

    func testValuesComeBackAsTheyWereBound() throws {
        let database = try Database.open(folder.path("a.db"), schema: one)
        let buffer = ByteBuffer(Array("xxhéllo\0yy".utf8))
        let insert = try database.prepare("INSERT INTO t VALUES (?, ?, ?)")
        insert.bind(1, Int64.min)
        insert.bind(2, "")
        insert.bind(3, blob: [])
        try insert.run()
        insert.bind(1, 5)
        insert.bind(2, lent: buffer, ByteRange(offset: 2, count: 7))
        insert.bind(3, lentBlob: buffer, ByteRange(offset: 8, count: 2))
        try insert.run()
        insert.bind(2, "text")
        try insert.run()

        let select = try database.prepare("SELECT a, b, c FROM t ORDER BY rowid")
        XCTAssertTrue(try select.step())
        XCTAssertEqual(select.int(0), .min)
        XCTAssertEqual(select.optionalText(1), "")
        XCTAssertFalse(select.isNull(2))
        XCTAssertTrue(try select.step())
        XCTAssertEqual(select.text(1), "héllo\0")
        XCTAssertEqual(select.blob(2), [0, 0x79])
        XCTAssertTrue(try select.step())
        XCTAssertTrue(select.isNull(0), "bindings of the row before were cleared")
        XCTAssertNil(select.optionalText(2))
        XCTAssertFalse(try select.step())
    }

    func testFileAndItsSidecarsAreForTheOwnerOnly() throws {
        let path = folder.path("private.db")
        let database = try Database.open(path, schema: one)
        try database.execute("INSERT INTO t VALUES (1, '', x'')")
        for suffix in ["", "-wal", "-shm"] {
            let facts = try FileManager.default.attributesOfItem(atPath: path + suffix)
            XCTAssertEqual(facts[.posixPermissions] as? Int, 0o600, suffix)
        }
    }

    func testThrowInATransactionUndoesItAndTheNextOneWorks() throws {
        let database = try Database.open(folder.path("a.db"), schema: one)
        XCTAssertThrowsError(
            try database.immediate { () throws(SQLiteError) in
                try database.execute("INSERT INTO t VALUES (1, '', x'')")
                try database.execute("INSERT INTO t VALUES ('no integer', '', x'')")
            }
        ) { XCTAssertTrue(($0 as? SQLiteError)?.isConstraint == true, "\($0)") }
        XCTAssertEqual(try database.integer("SELECT count(*) FROM t"), 0)
        try database.immediate { () throws(SQLiteError) in
            try database.execute("INSERT INTO t VALUES (1, '', x'')")
        }
        XCTAssertEqual(try database.integer("SELECT count(*) FROM t"), 1)
    }

    func testSchemaOfALaterVersionIsRefusedByItsNumber() throws {
        let path = folder.path("a.db")
        let later = Schema(
            applicationID: 77, migrations: one.migrations + ["CREATE TABLE u(a INTEGER) STRICT"])
        _ = try Database.open(path, schema: later)
        for access in [Database.Access.owner, .reader] {
            XCTAssertThrowsError(try Database.open(path, schema: one, access: access)) {
                XCTAssertEqual($0 as? StoreError, .newerSchema(found: 2, known: 1))
            }
        }
    }

    func testOnlyTheMissingMigrationsRun() throws {
        let path = folder.path("a.db")
        let first = try Database.open(path, schema: one)
        try first.execute("INSERT INTO t VALUES (9, '', x'')")
        let later = Schema(
            applicationID: 77, migrations: one.migrations + ["CREATE TABLE u(a INTEGER) STRICT"])
        XCTAssertThrowsError(try Database.open(path, schema: later, access: .reader)) {
            XCTAssertEqual($0 as? StoreError, .olderSchema(found: 1, known: 2))
        }
        let second = try Database.open(path, schema: later)
        XCTAssertEqual(try second.integer("SELECT a FROM t"), 9)
        XCTAssertEqual(try second.integer("SELECT count(*) FROM u"), 0)
    }

    func testFailedMigrationLeavesTheFileAsItWas() throws {
        let path = folder.path("a.db")
        _ = try Database.open(path, schema: one)
        let broken = Schema(
            applicationID: 77,
            migrations: one.migrations + ["CREATE TABLE u(a INTEGER) STRICT; NONSENSE"])
        XCTAssertThrowsError(try Database.open(path, schema: broken))
        let again = try Database.open(path, schema: one)
        XCTAssertEqual(
            try again.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'u'"), 0)
    }

    func testFilesOfOthersAreRefusedUntouched() throws {
        let path = folder.path("a.db")
        _ = try Database.open(path, schema: Schema(applicationID: 5, migrations: one.migrations))
        XCTAssertThrowsError(try Database.open(path, schema: one)) {
            XCTAssertEqual($0 as? StoreError, .foreign(applicationID: 5))
        }
        let text = folder.path("b.db")
        let content = Data(repeating: 0x61, count: 4096)
        try content.write(to: URL(fileURLWithPath: text))
        XCTAssertThrowsError(try Database.open(text, schema: one)) {
            guard case .sqlite(let error)? = $0 as? StoreError else { return XCTFail("\($0)") }
            XCTAssertEqual("\(error.name)", "SQLITE_NOTADB")
        }
        XCTAssertEqual(try Data(contentsOf: URL(fileURLWithPath: text)), content)
    }

    func testReaderMakesNoFileAndWritesNothing() throws {
        let path = folder.path("a.db")
        XCTAssertThrowsError(try Database.open(path, schema: one, access: .reader)) {
            guard case .sqlite(let error)? = $0 as? StoreError else { return XCTFail("\($0)") }
            XCTAssertEqual("\(error.name)", "SQLITE_CANTOPEN")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: path))
        _ = try Database.open(path, schema: one)
        let reader = try Database.open(path, schema: one, access: .reader)
        XCTAssertThrowsError(try reader.execute("DELETE FROM t")) {
            XCTAssertEqual(($0 as? SQLiteError).map { "\($0.name)" }, "SQLITE_READONLY")
        }
    }

    func testManyThreadsThatMakeTheFileAtOnceAllGetIt() throws {
        let path = folder.path("a.db")
        let schema = one
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            do {
                let database = try Database.open(path, schema: schema)
                try database.execute("INSERT INTO t VALUES (\(number), '', x'')")
            } catch {
                failures.add("\(error)")
            }
        }
        XCTAssertEqual(failures.all, [])
        let reader = try Database.open(path, schema: one, access: .reader)
        XCTAssertEqual(try reader.integer("SELECT count(*) FROM t"), 8)
    }

    func testStateSchemaForbidsChangeAndDeletionOfAuditRows() throws {
        let database = try Database.open(folder.path("state.db"), schema: .state)
        let columns = try database.integer("SELECT count(*) FROM pragma_table_info('audit_row')")
        let values = (1..<columns - 1).map { "\($0)" }.joined(separator: ", ")
        try database.execute("INSERT INTO audit_row VALUES (\(values), zeroblob(32), '')")
        for sql in ["DELETE FROM audit_row", "UPDATE audit_row SET tool = 'x'"] {
            XCTAssertThrowsError(try database.execute(sql), sql) {
                XCTAssertTrue(($0 as? SQLiteError)?.isConstraint == true, "\($0)")
            }
        }
        XCTAssertEqual(try database.integer("SELECT count(*) FROM audit_row"), 1)
    }
}
