import RIGJSON
import RIGLinux
import RIGLoop
import XCTest

@testable import RIGWorker

/// What happens to calls: who takes them, who waits, and how they end.
final class PoolCallTests: LoopTestCase {
    @RequestLoop
    func testWorkersAreAddedWhileCallsWaitAndEachHoldsItsShareOnly() async throws {
        let bench = try PoolBench {
            $0.workersMax = 3
            $0.concurrency = 2
        }
        bench.pool.warm()
        var calls: [Task<PoolBench.Outcome, Never>] = []
        for number in 0..<10 { calls.append(try await bench.hold("\(number)")) }
        await bench.journal.wait { $0.count { $0.text.hasPrefix("held") } >= 6 }

        XCTAssertEqual(bench.pool.load.workers, 3)
        XCTAssertEqual(bench.pool.load.held, 6)
        XCTAssertEqual(bench.pool.load.queued, 4)
        let holders = bench.journal.entries.filter { $0.text.hasPrefix("held") }.map(\.pid)
        XCTAssertEqual(Set(holders).count, 3)
        for pid in Set(holders) { XCTAssertEqual(holders.count { $0 == pid }, 2) }

        // A place that becomes free goes to the one who waited longest, and nobody else is started.
        try bench.put("release-0")
        await bench.said("held 6")
        XCTAssertEqual(bench.pool.load.queued, 3)
        for number in 1..<10 { try bench.put("release-\(number)") }
        for call in calls {
            let outcome = await call.value
            XCTAssertNotNil(try outcome.get()["pid"]?.int64)
        }
        XCTAssertEqual(bench.count("imported"), 3)
        await bench.close()
    }

    @RequestLoop
    func testTheQueueTakesItsBoundAndRefusesTheNext() async throws {
        let bench = try PoolBench { $0.queueMax = 3 }
        let held = try await bench.hold("a")
        await bench.said("held a")
        let cancellation = Cancellation()
        let first = try await bench.hold("b", cancellation: cancellation)
        let others = [try await bench.hold("c"), try await bench.hold("d")]
        XCTAssertEqual(bench.pool.load.queued, 3)
        let refused = try await bench.call("pid")
        XCTAssertEqual(refused.failure, .overloaded)

        // A place that is given up is free again, and only one.
        cancellation.cancel()
        let cancelled = await first.value
        XCTAssertEqual(cancelled.failure, .cancelled(sent: false))
        let last = try await bench.begin("pid")
        XCTAssertEqual(bench.pool.load.queued, 3)
        let refusedAgain = try await bench.call("pid")
        XCTAssertEqual(refusedAgain.failure, .overloaded)
        for key in ["a", "c", "d"] { try bench.put("release-\(key)") }
        for call in [held, last] + others {
            let outcome = await call.value
            XCTAssertNil(outcome.failure)
        }
        XCTAssertEqual(bench.count("held b"), 0, "it was cancelled before it was sent")
        await bench.close()
    }

    @RequestLoop
    func testADeadlineSaysWhetherTheCallWasSentAndTheWorkerLivesOn() async throws {
        let bench = try PoolBench { $0.graceMilliseconds = 60_000 }
        let before = try await bench.answeringProcess()
        // The runner knows the deadline as well: this tool heeds neither it nor the cancel.
        let sent = try await bench.begin(
            "outlast", #"{"key": "sent"}"#, withinMilliseconds: 400)
        let queued = try await bench.hold("queued", withinMilliseconds: 20)
        let queuedEnd = await queued.value
        XCTAssertEqual(queuedEnd.failure, .timeout(sent: false))
        let sentEnd = await sent.value
        XCTAssertEqual(sentEnd.failure, .timeout(sent: true))
        XCTAssertEqual(bench.pool.load.held, 1)
        try bench.put("release-sent")
        let after = try await bench.answeringProcess()
        XCTAssertEqual(after, before)
        XCTAssertEqual(bench.count("held queued"), 0)
        await bench.close()
    }

    @RequestLoop
    func testACancelSaysWhetherTheCallWasSentAndTheWorkerLivesOn() async throws {
        let bench = try PoolBench()
        let before = try await bench.answeringProcess()
        let (one, two) = (Cancellation(), Cancellation())
        let sent = try await bench.hold("sent", cancellation: one)
        let queued = try await bench.hold("queued", cancellation: two)
        await bench.said("held sent")
        two.cancel()
        let queuedEnd = await queued.value
        XCTAssertEqual(queuedEnd.failure, .cancelled(sent: false))
        one.cancel()
        let sentEnd = await sent.value
        XCTAssertEqual(sentEnd.failure, .cancelled(sent: true))
        await bench.said("cancelled sent")
        let after = try await bench.answeringProcess()
        XCTAssertEqual(after, before)
        let late = try await bench.begin("pid", cancellation: two).value
        XCTAssertEqual(late.failure, .cancelled(sent: false), "it was cancelled before it began")
        await bench.close()
    }

    @RequestLoop
    func testAWorkerThatIgnoresACancelIsKilledAndItsPlaceIsNobodysUntilThen() async throws {
        let bench = try PoolBench { $0.graceMilliseconds = 300 }
        let before = try await bench.answeringProcess()
        let cancellation = Cancellation()
        let deaf = try await bench.begin("deaf", cancellation: cancellation)
        await bench.said("deaf")
        cancellation.cancel()
        let end = await deaf.value
        XCTAssertEqual(end.failure, .cancelled(sent: true))
        XCTAssertEqual(bench.pool.load.held, 1, "the worker has not ended it")
        let next = try await bench.begin("pid")
        XCTAssertEqual(bench.pool.load.queued, 1)
        let after = try await next.value.get()["pid"]?.int64
        XCTAssertNotEqual(after, before)
        XCTAssertNil(bench.pool.lastFailure, "RIG ended it, the pack did not fail")
        await bench.close()
    }

    @RequestLoop
    func testProgressReachesItsOwnCallOnly() async throws {
        let bench = try PoolBench { $0.concurrency = 4 }
        var seen: [String: [RIGWorker.Progress]] = [:]
        var calls: [Task<PoolBench.Outcome, Never>] = []
        for key in ["a", "b", "c"] {
            calls.append(
                try await bench.begin("report", #"{"steps": 20, "key": "\#(key)"}"#) {
                    seen[key, default: []].append($0)
                })
        }
        calls.append(try await bench.begin("report", #"{"steps": 20, "key": "d"}"#))
        for call in calls {
            let outcome = await call.value
            XCTAssertNil(outcome.failure)
        }
        for key in ["a", "b", "c"] {
            XCTAssertEqual(
                seen[key],
                (0..<20).map { RIGWorker.Progress(done: Double($0), total: 20, message: key) })
        }
        XCTAssertEqual(seen.count, 3)
        await bench.close()
    }

    /// What a worker does not read yet must wait for it, however much it is: a call that is not
    /// written is one that nobody answers.
    @RequestLoop
    func testLargeCallsToAWorkerThatReadsLateAreAllAnswered() async throws {
        let bench = try PoolBench { $0.concurrency = 8 }
        let first = try await bench.begin("grind")
        await bench.said("grinding")
        let text = String(repeating: "x", count: 900_000)
        var calls: [Task<PoolBench.Outcome, Never>] = []
        for _ in 0..<7 {
            calls.append(
                try await bench.begin(
                    "grind", #"{"text": "\#(text)"}"#, withinMilliseconds: 60_000))
        }
        XCTAssertEqual(bench.pool.load.held, 8)
        let firstEnd = await first.value
        XCTAssertNil(firstEnd.failure)
        for call in calls {
            let callEnd = await call.value
            XCTAssertEqual(try callEnd.get()["bytes"]?.int64, 900_000)
        }
        await bench.close()
    }
}
