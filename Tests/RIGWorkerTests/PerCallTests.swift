import RIGLinux
import RIGLoop
import RIGModel
import RIGSandbox
import XCTest

@testable import RIGWorker

/// A fresh worker for every call.
final class PerCallTests: LoopTestCase {
    @RequestLoop
    func testEveryCallGetsAWorkerOfItsOwnThatEndsWithItsAnswer() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMax = 2
        }
        var answering: [Int64] = []
        for _ in 0..<4 { answering.append(try await bench.answeringProcess()) }
        XCTAssertEqual(Set(answering).count, 4)
        for pid in answering {
            await bench.until { !bench.pool.processIDs.contains(Int32(pid)) }
            XCTAssertNotEqual(kill(Int32(pid), 0), 0, "\(pid) is left")
        }
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    @RequestLoop
    func testACallTakesTheSpareThatWaitsAndAnotherIsMade() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMax = 2
        }
        bench.pool.warm()
        await bench.until { bench.pool.freeWorkers == 1 }
        let spare = bench.pool.processIDs.map(Int64.init)
        let answering = try await bench.answeringProcess()
        XCTAssertEqual([answering], spare)
        await bench.until { bench.pool.freeWorkers == 1 }
        XCTAssertNotEqual(bench.pool.processIDs.map(Int64.init), spare)
        await bench.close()
    }

    /// A long call must not leave the pool without a spare for as long as it lasts.
    @RequestLoop
    func testTheSpareIsReplacedWhileTheCallRunsStill() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMax = 2
        }
        let held = try await bench.hold("a")
        await bench.said("held a")
        await bench.until { bench.pool.freeWorkers == 1 }
        XCTAssertEqual(bench.pool.load.workers, 2)
        try bench.put("release-a")
        let end = await held.value
        XCTAssertNil(end.failure)
        await bench.close()
    }

    @RequestLoop
    func testNoMoreCallsRunAtATimeThanThereMayBeWorkersAndTheOthersWait() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMin = 0
            $0.workersMax = 2
        }
        let calls = [
            try await bench.hold("a"), try await bench.hold("b"), try await bench.hold("c"),
        ]
        await bench.until { bench.pool.load.held == 2 && bench.pool.load.queued == 1 }
        XCTAssertEqual(bench.pool.load.workers, 2)
        XCTAssertEqual(bench.count("imported"), 2)
        for key in ["a", "b", "c"] { try bench.put("release-\(key)") }
        var answering: Set<Int64> = []
        for call in calls {
            let end = await call.value
            answering.insert(try XCTUnwrap(try end.get()["pid"]?.int64))
        }
        XCTAssertEqual(answering.count, 3)
        XCTAssertEqual(bench.count("imported"), 3, "one start a call")
        await bench.until { bench.pool.load.workers == 0 }
        await bench.close()
    }

    @RequestLoop
    func testAWorkerWhoseCallerLeftIsNotGivenAnotherCall() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMax = 2
        }
        let cancellation = Cancellation()
        let held = try await bench.hold("a", cancellation: cancellation)
        await bench.said("held a")
        cancellation.cancel()
        let end = await held.value
        XCTAssertEqual(end.failure, .cancelled(sent: true))
        await bench.said("cancelled a")
        let pid = try XCTUnwrap(bench.journal.entries.first { $0.text == "held a" }?.pid)
        let answering = try await bench.answeringProcess()
        XCTAssertNotEqual(answering, Int64(pid))
        await bench.until { !bench.pool.processIDs.contains(pid) }
        await bench.close()
    }

    @RequestLoop
    func testACallThatKillsItsWorkerHarmsNoOther() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMax = 3
        }
        let held = try await bench.hold("a")
        await bench.said("held a")
        let dead = try await bench.call("die", #"{"status": 3}"#)
        XCTAssertEqual(dead.failure, .crashed(.exited(status: 3)))
        try bench.put("release-a")
        let end = await held.value
        XCTAssertNil(end.failure)
        await bench.close()
    }

    @RequestLoop
    func testSparesAboveTheMinimumEndWhenNobodyCalls() async throws {
        let bench = try PoolBench {
            $0.isPerCall = true
            $0.workersMin = 0
            $0.workersMax = 1
            $0.idleMilliseconds = 40
        }
        // It leaves before its worker is ready, which then has nobody to serve.
        let cancellation = Cancellation()
        let call = try await bench.begin("pid", cancellation: cancellation)
        cancellation.cancel()
        let end = await call.value
        XCTAssertEqual(end.failure, .cancelled(sent: false))
        await bench.said("imported")
        await bench.until { bench.pool.load.workers == 0 && bench.workDirectories.isEmpty }
        await bench.close()
    }

    @RequestLoop
    func testNothingOfACallIsThereForTheNext() async throws {
        for runtime in Interpreter.Runtime.allCases {
            // What it would find in a shared worker, without which this test sees nothing.
            let shared = try PoolBench("residue", runtime)
            _ = try await shared.call("go")
            let second = try await shared.call("go")
            let found = try XCTUnwrap(try second.get()["found"]?.array)
            XCTAssertGreaterThanOrEqual(found.count, 5, "\(runtime): \(found)")
            XCTAssertTrue(found.contains("work_dir"), "\(runtime): \(found)")
            await shared.close()

            let fresh = try PoolBench("residue", runtime) {
                $0.isPerCall = true
                $0.workersMax = 2
            }
            for _ in 0..<3 {
                let outcome = try await fresh.call("go")
                XCTAssertEqual(try outcome.get()["found"]?.array, [], "\(runtime)")
            }
            // What was printed is not lost with the worker.
            await fresh.said("not flushed", times: 3)
            await fresh.close()
        }
    }
}
