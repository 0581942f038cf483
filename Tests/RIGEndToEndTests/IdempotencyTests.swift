import Foundation
import RIGAudit
import XCTest

/// Idempotency keys through the real `rig` and a real worker: what a key names is done once, whoever
/// asks again and whatever dies in between.
final class IdempotencyTests: XCTestCase {
    func testSecondCallWithAKeyGetsTheFirstOnesAnswerAndRunsNothing() throws {
        let bench = try LedgerBench()
        let first = try bench.call("py.add", #"{"key": "a", "bytes": 3}"#, key: "k-1")
        XCTAssertEqual(first.end, "ok", "\(first.result)")
        XCTAssertFalse(first.isReplay)
        XCTAssertEqual(first.output["told"] as? String, "k-1", "the pack may hand the key on")

        // White space, order and escapes do not make another call.
        for args in [#"{"key": "a", "bytes": 3}"#, #"{ "bytes":3e0,"key":"\u0061" }"#] {
            let again = try bench.call("py.add", args, key: "k-1")
            XCTAssertEqual(again.status, 0)
            XCTAssertTrue(again.isReplay)
            XCTAssertEqual(again.output as NSDictionary, first.output as NSDictionary)
            XCTAssertEqual(again.attempts, 1, "of the call that ran")
            XCTAssertNotEqual(
                again.meta["correlation_id"] as? String, first.meta["correlation_id"] as? String)
        }
        XCTAssertEqual(bench.effects("a"), 1)

        let rows = try bench.rows()
        let ran = try XCTUnwrap(rows.last?["call_id"] as? String)
        let notes = rows.map { "\($0["kind"]!) \($0["status"] ?? "") \($0["note"] ?? "")" }
        XCTAssertEqual(
            notes.reversed(),
            [
                "intent  ", "outcome ok ", "outcome ok replay of \(ran)",
                "outcome ok replay of \(ran)",
            ])
    }

    func testKeyIsItsCallersForOneToolAndOneCall() throws {
        let bench = try LedgerBench()
        XCTAssertEqual(try bench.call("py.add", #"{"key": "a"}"#, key: "k").end, "ok")
        let other = try bench.call("py.add", #"{"key": "b"}"#, key: "k")
        XCTAssertEqual(other.end, "idempotency_conflict")
        XCTAssertEqual(other.status, 1)
        XCTAssertEqual(bench.effects("b"), 0)
        for (more, tool) in [
            (["--tenant", "other"], "py.add"), (["--actor", "other"], "py.add"), ([], "py.put"),
        ] {
            let reply = try bench.call(tool, #"{"key": "b"}"#, key: "k", more)
            XCTAssertEqual(reply.end, "ok", "\(more) \(tool)")
            XCTAssertFalse(reply.isReplay, "\(more) \(tool)")
        }
        XCTAssertEqual(bench.effects("a"), 1)
        XCTAssertEqual(bench.effects("b"), 3)
        let refused = try bench.folder.rig(
            ["call", "py.add", "{}", "--idempotency-key", "two words"])
        XCTAssertEqual(refused.status, 2)
        XCTAssertTrue(refused.err.contains("255"), refused.err)
    }

    func testOnlyAnEndThatMayNotComeTwiceIsKept() throws {
        let bench = try LedgerBench()
        // The pack says that sending it again does no harm: the key stays free.
        for _ in 0..<2 {
            let reply = try bench.call("py.add", #"{"key": "again", "end": "again"}"#, key: "k-1")
            XCTAssertEqual(reply.end, "upstream_error")
            XCTAssertFalse(reply.isReplay)
        }
        XCTAssertEqual(bench.effects("again"), 2, "one a call: the tool is not idempotent")
        // It says nothing of the kind: that was the end of this call.
        for isReplay in [false, true] {
            let reply = try bench.call("py.add", #"{"key": "never", "end": "never"}"#, key: "k-2")
            XCTAssertEqual(reply.end, "upstream_error")
            XCTAssertEqual(reply.error["message"] as? String, "not now")
            XCTAssertEqual(reply.isReplay, isReplay)
        }
        XCTAssertEqual(bench.effects("never"), 1)
        // Nobody knows: that stays so.
        for isReplay in [false, true] {
            let reply = try bench.call("py.add", #"{"key": "crash", "end": "crash"}"#, key: "k-3")
            XCTAssertEqual(reply.end, "unknown_outcome")
            XCTAssertEqual(reply.isReplay, isReplay)
        }
        XCTAssertEqual(bench.effects("crash"), 1)
        // Refused before a worker was asked: the next call is the first.
        XCTAssertEqual(try bench.call("py.add", "{}", key: "k-4").end, "validation_failed")
        XCTAssertEqual(try bench.call("py.add", #"{"key": "now"}"#, key: "k-4").end, "ok")
    }

    func testCallThatWasKilledInItsWorkIsUnknownToItsKeyForever() throws {
        let bench = try LedgerBench()
        let (process, _) = try bench.start(
            "py.add", #"{"key": "a", "seconds": 3600}"#, key: "k-1")
        try bench.waitForEffect("a")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for _ in 0..<2 {
            let reply = try bench.call("py.add", #"{"key": "a", "seconds": 3600}"#, key: "k-1")
            XCTAssertEqual(reply.end, "unknown_outcome")
            XCTAssertEqual(reply.status, 1)
            XCTAssertTrue(reply.isReplay)
            let remediation = try XCTUnwrap(reply.error["remediation"] as? String)
            XCTAssertTrue(remediation.contains("py.add"), remediation)
        }
        XCTAssertEqual(
            try bench.call("py.add", #"{"key": "b"}"#, key: "k-1").end, "idempotency_conflict")
        XCTAssertEqual(bench.effects("a"), 1)

        // Where twice does no harm nobody has to find out: it runs again.
        let (second, _) = try bench.start(
            "py.put", #"{"key": "put", "seconds": 20}"#, key: "k-2")
        try bench.waitForEffect("put")
        kill(second.processIdentifier, SIGKILL)
        second.waitUntilExit()
        try bench.folder.expectSuccess(["list"])
        let reply = try bench.call(
            "py.put", #"{"key": "put", "seconds": 20}"#, key: "k-2", ["--deadline", "1"])
        XCTAssertTrue(["timeout", "ok"].contains(reply.end), "\(reply.result)")
        XCTAssertFalse(reply.isReplay)
    }

    /// RIG_KEY_KILLS sets how many times.
    func testKillAtAnyPointRunsAKeyedCallAtMostOnce() throws {
        let kills = ProcessInfo.processInfo.environment["RIG_KEY_KILLS"].flatMap(Int.init) ?? 8
        let bench = try LedgerBench()
        var ends: [String: Int] = [:]
        for number in 0..<kills {
            let key = "n-\(number)"
            let args = #"{"key": "\#(key)", "seconds": 0.05}"#
            // A start takes about 200 ms, the call about 60.
            let (process, _) = try bench.start("py.add", args, key: key)
            if number % 3 == 0 { try bench.waitForEffect(key) }
            usleep(number % 3 == 0 ? .random(in: 0...60_000) : .random(in: 100_000...400_000))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()

            let reply = try bench.call("py.add", args, key: key)
            ends[reply.end + (reply.isReplay ? " again" : ""), default: 0] += 1
            switch reply.end {
            case "ok": XCTAssertEqual(bench.effects(key), 1, "\(reply.result)")
            case "unknown_outcome":
                XCTAssertTrue(reply.isReplay)
                XCTAssertLessThanOrEqual(bench.effects(key), 1)
            default: XCTFail("\(reply.result)")
            }
            let again = try bench.call("py.add", args, key: key)
            XCTAssertEqual(again.end, reply.end, "the answer of a key does not change")
            XCTAssertTrue(again.isReplay)
        }
        print("after \(kills) kills the key answered \(ends)")
        for number in 0..<kills { XCTAssertLessThanOrEqual(bench.effects("n-\(number)"), 1) }
        guard case .intact = try AuditReader.open(bench.folder.path(".rig/state.db")).verify()
        else { return XCTFail("the chain broke") }
    }

    func testProcessesThatShareAKeyRunItOnceAndAllGetTheAnswer() throws {
        let bench = try LedgerBench()
        let args = #"{"key": "a", "seconds": 1}"#
        let started = try (0..<4).map { _ in try bench.start("py.add", args, key: "k") }
        var replays = 0
        for (process, out) in started {
            process.waitUntilExit()
            let value = try JSONSerialization.jsonObject(with: Data(contentsOf: out))
            let reply = LedgerBench.Reply(
                status: process.terminationStatus, result: value as? [String: Any] ?? [:])
            XCTAssertTrue(["ok", "overloaded"].contains(reply.end), "\(reply.result)")
            if reply.isReplay { replays += 1 }
        }
        XCTAssertEqual(bench.effects("a"), 1)
        XCTAssertTrue(try bench.call("py.add", args, key: "k").isReplay)
    }

    func testCallsAtOnceInOneProcessAreOne() throws {
        let bench = try LedgerBench()
        let outcome = try bench.folder.rig(
            [".", "keyed", "32", "py.add", #"{"key": "a", "seconds": 0.2}"#],
            program: "call-storm")
        XCTAssertEqual(outcome.status, 0, outcome.err)
        let answers = try outcome.out.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return LedgerBench.Reply(status: 0, result: value as? [String: Any] ?? [:])
        }
        XCTAssertEqual(answers.map(\.end), Array(repeating: "ok", count: 32))
        XCTAssertEqual(answers.filter(\.isReplay).count, 31)
        XCTAssertEqual(bench.effects("a"), 1)
    }

    func testFirstOfManyThatMayBeSentAgainLetsTheNextOneTry() throws {
        let bench = try LedgerBench()
        let outcome = try bench.folder.rig(
            [".", "keyed", "4", "py.add", #"{"key": "a", "end": "again"}"#],
            program: "call-storm")
        XCTAssertEqual(outcome.status, 0, outcome.err)
        let ends = outcome.out.split(separator: "\n").filter { $0.contains("upstream_error") }
        XCTAssertEqual(ends.count, 4)
        XCTAssertFalse(outcome.out.contains("idempotent_replay"))
        XCTAssertEqual(bench.effects("a"), 4, "each of them said that it may be sent again")
    }

    func testKeyComesBeforeAPersonIsAskedAndAfterThePolicy() throws {
        let bench = try LedgerBench(policy: "policy: {defaults: {write: approve}}\n")
        let args = #"{"key": "a"}"#
        let asked = try bench.call("py.add", args, key: "k")
        XCTAssertEqual(asked.end, "approval_required")
        let approval = try XCTUnwrap(asked.error["approval"] as? [String: Any])
        let id = try XCTUnwrap(approval["approval_id"] as? String)
        try bench.folder.expectSuccess(["approve", id])
        let paid = try bench.call("py.add", args, key: "k")
        XCTAssertEqual(paid.end, "ok", "\(paid.result)")
        // The approval is used up; the key asks for none.
        let again = try bench.call("py.add", args, key: "k")
        XCTAssertEqual(again.end, "ok", "\(again.result)")
        XCTAssertTrue(again.isReplay)
        XCTAssertEqual(again.meta["approval_id"] as? String, id)
        XCTAssertEqual(bench.effects("a"), 1)

        // What the policy forbids is not told either.
        let text = try bench.folder.read("rig.yaml")
        try bench.folder.write(
            text.replacingOccurrences(of: "write: approve", with: "write: deny"), to: "rig.yaml")
        XCTAssertEqual(try bench.call("py.add", args, key: "k").end, "policy_denied")
    }

    func testLongOutputIsNotKeptAndTheCallIsNotRunAgain() throws {
        let bench = try LedgerBench()
        let args = #"{"key": "a", "bytes": 1100000}"#
        let first = try bench.call("py.add", args, key: "k")
        XCTAssertEqual((first.output["filling"] as? String)?.count, 1_100_000)
        let again = try bench.call("py.add", args, key: "k")
        XCTAssertEqual(again.end, "payload_too_large")
        XCTAssertTrue(again.isReplay)
        XCTAssertTrue((again.error["message"] as? String ?? "").contains("ended well"))
        XCTAssertEqual(bench.effects("a"), 1)
    }
}
