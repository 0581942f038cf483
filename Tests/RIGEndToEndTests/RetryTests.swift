import Foundation
import XCTest

/// Retries and the breaker through a real worker.
final class RetryTests: XCTestCase {
    func testIdempotentCallIsRepeatedWhenItsPackOrItsWorkerFails() throws {
        let bench = try LedgerBench()
        for (tool, end) in [("py.look", "again"), ("py.put", "crash"), ("py.look", "crash")] {
            let key = "\(tool) \(end)"
            let reply = try bench.call(tool, #"{"key": "\#(key)", "fails": 1, "end": "\#(end)"}"#)
            XCTAssertEqual(reply.end, "ok", "\(reply.result)")
            XCTAssertEqual(reply.attempts, 2, key)
            XCTAssertEqual(reply.output["attempt"] as? Int, 2, "ctx.attempt")
            XCTAssertEqual(bench.effects(key), 2)
            XCTAssertEqual(try bench.rows().first?["attempts"] as? Int, 2, "in the audit")
        }
    }

    func testAttemptsAreThreeAtMost() throws {
        let bench = try LedgerBench()
        let reply = try bench.call("py.look", #"{"key": "a", "end": "again"}"#)
        XCTAssertEqual(reply.end, "upstream_error")
        XCTAssertEqual(reply.error["retryable"] as? Bool, true)
        XCTAssertEqual(reply.attempts, 3)
        XCTAssertEqual(bench.effects("a"), 3)
    }

    func testNothingElseIsRepeated() throws {
        let bench = try LedgerBench()
        let cases: [(tool: String, end: String, key: String?, error: String)] = [
            // The pack does not say that it may be.
            ("py.look", "never", nil, "upstream_error"),
            // Not idempotent, whatever the pack says and whatever key it is told.
            ("py.add", "again", nil, "upstream_error"),
            ("py.add", "again", "k-1", "upstream_error"),
            ("py.add", "crash", nil, "unknown_outcome"),
            ("py.add", "crash", "k-2", "unknown_outcome"),
        ]
        for (number, one) in cases.enumerated() {
            let reply = try bench.call(
                one.tool, #"{"key": "n-\#(number)", "end": "\#(one.end)"}"#, key: one.key)
            XCTAssertEqual(reply.end, one.error, "\(one)")
            XCTAssertEqual(reply.attempts, 1, "\(one)")
            XCTAssertEqual(bench.effects("n-\(number)"), 1, "\(one)")
        }
    }

    func testSentCallThatRanOutOfTimeIsUnknownUnlessItIsIdempotent() throws {
        let bench = try LedgerBench()
        let hurried = try bench.call("py.hurry", #"{"key": "a", "seconds": 60}"#, key: "k")
        XCTAssertEqual(hurried.end, "unknown_outcome")
        XCTAssertEqual(hurried.error["retryable"] as? Bool, false)
        XCTAssertNotNil(hurried.error["remediation"])
        XCTAssertTrue(
            try bench.call("py.hurry", #"{"key": "a", "seconds": 60}"#, key: "k").isReplay)
        let put = try bench.call(
            "py.put", #"{"key": "b", "seconds": 60}"#, ["--deadline", "300"])
        XCTAssertEqual(put.end, "timeout")
        XCTAssertEqual(put.error["retryable"] as? Bool, true)
    }

    func testPackThatKeepsFailingIsLeftAloneAndNobodyElseIs() throws {
        let bench = try LedgerBench()
        let crash = StormCall("py.add", #"{"key": "crash", "end": "crash"}"#)
        let answers = try bench.folder.callEach(
            Array(repeating: crash, count: 6) + [
                StormCall("echo.say", #"{"text": "hello"}"#),
                // Has done nothing wrong so far: it shows that the pack does.
                StormCall("py.look", #"{"key": "innocent"}"#),
                StormCall("py.add", #"{"key": "after"}"#),
            ])
        XCTAssertEqual(
            answers.map(\.end),
            Array(repeating: "unknown_outcome", count: 5) + ["overloaded", "ok", "ok", "ok"])
        let wait = try XCTUnwrap(answers[5].details?["retry_after_ms"] as? Int)
        XCTAssertTrue((1...1_000).contains(wait), "\(wait)")
        XCTAssertTrue(answers[5].message.contains("status 9"), answers[5].message)
        XCTAssertEqual(bench.effects("crash"), 5)
        let intents = try bench.rows().filter { $0["kind"] as? String == "intent" }
        XCTAssertEqual(intents.count, 6, "what is turned away leaves no intent")
    }
}
