import Foundation
import RIGAudit
import RIGBytes
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

final class AuditLogTests: XCTestCase {
    private var folder = TemporaryFolder("audit")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    func testIntentIsReadableBeforeTheCallMayGoOn() async throws {
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            var slot = try log.admit()
            try await log.intent(Sample.row(.intent, call: 1), &slot)
            let reader = try AuditReader.open(path)
            XCTAssertEqual(try reader.page().records.map(\.kind), ["intent"])
            try await log.outcome(Sample.row(.outcome, call: 1), slot, durability: .batched)
            XCTAssertEqual(
                try reader.page().records.map(\.kind), ["outcome", "intent"],
                "a call with an intent waits for its outcome's commit, batched or not")
            let lost = await log.close()
            XCTAssertEqual(lost, 0)
        }
    }

    func testRowComesBackAsItWasRecorded() async throws {
        let path = path
        let record = try await onLoop {
            let log = try await AuditLog.open(path)
            var row = Sample.row(.outcome, call: 5, status: .error(.policyDenied))
            row.note = "quote \" backslash \\ bell \u{7} ünïcode"
            try await log.record(row)
            _ = await log.close()
            return try XCTUnwrap(AuditReader.open(path).page().records.first)
        }
        XCTAssertEqual(record.seq, 1)
        XCTAssertEqual(record.tool, "echo.say")
        XCTAssertEqual(record.status, "policy_denied")
        XCTAssertEqual(record.note, "quote \" backslash \\ bell \u{7} ünïcode")
        let buffer = ByteBuffer()
        record.appendJSON(to: buffer)
        let hash = Hex.encode(record.hash)
        XCTAssertEqual(
            buffer.string(buffer.range),
            #"{"actor":"ann","args_digest":"\#(SHA256.digest(Array("{}".utf8)).hex)","attempts":1,"#
                + #""call_id":"\#(Sample.callText(5))","correlation_id":"\#(Sample.callText(5))","#
                + #""decision":"small-refunds","duration_us":1234,"front":"rgp","hash":"\#(hash)","#
                + #""kind":"outcome","note":"quote \" backslash \\ bell \u0007 ünïcode","#
                + #""pack":"rig-pack-echo","pack_version":"1.2.3","risk":"write","run":1,"#
                + #""sandbox":"strict","seq":1,"snapshot":"abc","status":"policy_denied","#
                + #""tenant":"acme","time_ms":1005,"tool":"echo.say","worker_pid":77}"#)
    }

    func testChainCanBeCheckedFromItsPublishedRuleAlone() async throws {
        let path = path
        let records = try await onLoop {
            let log = try await AuditLog.open(path)
            for call in 1...3 { try await log.record(Sample.row(.outcome, call: call)) }
            _ = await log.close()
            return try AuditReader.open(path).page(order: .oldestFirst).records
        }
        var previous = [UInt8](repeating: 0, count: 32)
        for record in records {
            let buffer = ByteBuffer()
            record.appendJSON(to: buffer)
            let member = #""hash":"\#(Hex.encode(record.hash))","#
            let line = buffer.string(buffer.range).replacingOccurrences(of: member, with: "")
            previous = SHA256.digest(previous + Array(line.utf8)).bytes
            XCTAssertEqual(record.hash, previous)
        }
        XCTAssertEqual(records.count, 3)
    }

    func testTextBeyondItsLimitIsCutBetweenCharacters() async throws {
        let path = path
        let record = try await onLoop {
            let log = try await AuditLog.open(path)
            var row = Sample.row(.outcome, call: 1)
            row.note = String(repeating: "é", count: 700)
            row.actor = String(repeating: "a", count: 1_024)
            try await log.record(row)
            _ = await log.close()
            return try XCTUnwrap(AuditReader.open(path).page().records.first)
        }
        XCTAssertEqual(record.note, String(repeating: "é", count: 510) + "…")
        XCTAssertEqual(record.actor.utf8.count, 1_024, "a text at its limit is whole")
    }

    func testBatchedRowsReachTheDiskWithoutAnyoneAsking() async throws {
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            try log.note(Sample.row(.outcome, call: 1))
            let reader = try AuditReader.open(path)
            // Waits for the linger's end by watching the database, not the clock.
            while try reader.page().records.isEmpty { await Task.yield() }
            _ = await log.close()
        }
    }

    func testStrictRowBringsEarlierBatchedRowsAlongInOrder() async throws {
        let path = path
        let seen = try await onLoop {
            var limits = DurableLimits()
            limits.lingerMilliseconds = 3_600_000
            let log = try await AuditLog.open(path, limits: limits)
            for call in 1...5 { try log.note(Sample.row(.outcome, call: call)) }
            try await log.record(Sample.row(.outcome, call: 6))
            let seen = try AuditReader.open(path).page(order: .oldestFirst).records.map(\.callID)
            _ = await log.close()
            return seen
        }
        XCTAssertEqual(seen, (1...6).map(Sample.callText))
    }

    func testABatchedIntentWaitsForNobodyAndStillOpensTheCall() async throws {
        let path = path
        try await onLoop {
            var limits = DurableLimits()
            limits.lingerMilliseconds = 3_600_000
            let log = try await AuditLog.open(path, limits: limits)
            var slot = try log.admit()
            try log.noteIntent(Sample.row(.intent, call: 1), &slot)
            XCTAssertTrue(slot.hasIntent)
            try await log.outcome(Sample.row(.outcome, call: 1), slot, durability: .batched)
            let reader = try AuditReader.open(path)
            XCTAssertEqual(try reader.page().records, [], "neither was waited for")
            var other = try log.admit()
            try log.noteIntent(Sample.row(.intent, call: 2), &other)
            try await log.outcome(Sample.row(.outcome, call: 2), other, durability: .strict)
            XCTAssertEqual(
                try reader.page(order: .oldestFirst).records.map(\.kind),
                ["intent", "outcome", "intent", "outcome"])
            _ = await log.close()
            let database = try Database.open(path, schema: .state)
            XCTAssertEqual(try database.integer("SELECT count(*) FROM audit_open"), 0)
        }
    }

    func testFlushReturnsWithEverythingOnDisk() async throws {
        let path = path
        try await onLoop {
            var limits = DurableLimits()
            limits.lingerMilliseconds = 3_600_000
            let log = try await AuditLog.open(path, limits: limits)
            try log.note(Sample.row(.outcome, call: 1))
            try await log.flush()
            XCTAssertEqual(try AuditReader.open(path).page().records.count, 1)
            try log.note(Sample.row(.outcome, call: 2))
            _ = await log.close()
            XCTAssertEqual(try AuditReader.open(path).page().records.count, 2, "close flushes")
        }
    }

    func testFullLogRefusesNewCallsAndRecordsAdmittedOnes() async throws {
        let path = path
        try await onLoop {
            var limits = DurableLimits()
            limits.rowsMax = 4
            let log = try await AuditLog.open(path, limits: limits)
            var first = try log.admit()
            let second = try log.admit()
            XCTAssertThrowsError(try log.note(Sample.row(.outcome, call: 9))) {
                XCTAssertEqual($0 as? AuditError, .overloaded)
            }
            do {
                _ = try log.admit()
                XCTFail("a third call finds no room")
            } catch {
                XCTAssertEqual(error as? AuditError, .overloaded)
            }
            try await log.intent(Sample.row(.intent, call: 1), &first)
            try await log.outcome(Sample.row(.outcome, call: 1), first, durability: .strict)
            try await log.outcome(Sample.row(.outcome, call: 2), second, durability: .strict)
            try log.note(Sample.row(.outcome, call: 3))
            _ = await log.close()
            XCTAssertEqual(try AuditReader.open(path).page().records.count, 4)
        }
    }

    func testSlotThatEndsUnusedGivesItsRoomBack() async throws {
        let path = path
        try await onLoop {
            var limits = DurableLimits()
            limits.rowsMax = 2
            let log = try await AuditLog.open(path, limits: limits)
            for _ in 0..<3 { _ = try log.admit() }
            _ = await log.close()
        }
    }

    func testClosedLogRefusesEverything() async throws {
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            _ = await log.close()
            XCTAssertThrowsError(try log.note(Sample.row(.outcome, call: 1))) {
                XCTAssertEqual($0 as? AuditError, .closed)
            }
            let again = await log.close()
            XCTAssertEqual(again, 0)
        }
    }

    func testManyWaitersOfOneTickShareACommitAndAllReturn() async throws {
        let path = path
        try await onLoop {
            let log = try await AuditLog.open(path)
            let calls = (1...500).map { call in
                Task { @RequestLoop in try await log.record(Sample.row(.outcome, call: call)) }
            }
            for call in calls { try await call.value }
            _ = await log.close()
            let reader = try AuditReader.open(path)
            XCTAssertEqual(try reader.page(limit: 1_000).records.count, 500)
            guard case .intact(rows: 500, _) = try reader.verify() else {
                return XCTFail("the chain holds")
            }
        }
    }
}
