import Foundation
import RIGLinux
import RIGLoop
import RIGModel
import XCTest

@testable import RIGWorker

/// What happens to workers: start, failure, replacement, end.
final class PoolLifeTests: LoopTestCase {
    @RequestLoop
    func testWarmStartsTheMinimumAndNoMore() async throws {
        let bench = try PoolBench {
            $0.workersMin = 2
            $0.workersMax = 4
        }
        bench.pool.warm()
        bench.pool.warm()
        await bench.until { bench.pool.load.workers == 2 }
        XCTAssertEqual(bench.workDirectories.count, 2)
        _ = try await bench.answeringProcess()
        XCTAssertEqual(bench.count("imported"), 2)
        await bench.close()
    }

    @RequestLoop
    func testAWorkerThatDiesFailsItsCallsAndTheNextIsAnsweredByAnother() async throws {
        let bench = try PoolBench { $0.concurrency = 2 }
        let before = try await bench.answeringProcess()
        let bystander = try await bench.hold("a")
        await bench.said("held a")
        let directory = try XCTUnwrap(bench.workDirectories.first)
        let dead = try await bench.call("die", #"{"status": 3}"#)
        XCTAssertEqual(dead.failure, .crashed(.exited(status: 3)))
        let other = await bystander.value
        XCTAssertEqual(other.failure, .crashed(.exited(status: 3)))
        let after = try await bench.answeringProcess()
        XCTAssertNotEqual(after, before)
        await bench.until { !bench.workDirectories.contains(directory) }
        XCTAssertEqual(bench.count("imported"), 2)
        XCTAssertNil(bench.pool.lastFailure, "it had answered before it died")
        await bench.close()
    }

    @RequestLoop
    func testWorkersThatDieBeforeTheirFirstAnswerCountAsFailuresUntilOneAnswers() async throws {
        let bench = try PoolBench()
        for count in 1...3 {
            let end = try await bench.call("die", #"{"status": 9}"#)
            XCTAssertEqual(end.failure, .crashed(.exited(status: 9)))
            XCTAssertEqual(bench.pool.lastFailure?.count, count)
            XCTAssertEqual(
                bench.pool.lastFailure?.error.message.contains("before its first answer"), true)
        }
        _ = try await bench.answeringProcess()
        XCTAssertNil(bench.pool.lastFailure)
        let end = try await bench.call("die", #"{"status": 9}"#)
        XCTAssertEqual(end.failure, .crashed(.exited(status: 9)))
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    /// One tool that kills its worker must not keep the others from being called.
    @RequestLoop
    func testCallsThatKillTheirWorkersDoNotMakeTheWaitGrow() async throws {
        let bench = try PoolBench()
        for _ in 0..<6 { _ = try await bench.call("die", #"{"status": 9}"#) }
        XCTAssertEqual(bench.pool.lastFailure?.count, 6)
        // A wait that had grown would be 3200 ms now, and this call refused at once.
        let next = try await bench.call("pid", withinMilliseconds: 3_000)
        XCTAssertNotNil(try next.get()["pid"]?.int64)
        await bench.close()
    }

    @RequestLoop
    func testWorkersThatDieOfThemselvesMakeTheWaitGrow() async throws {
        let bench = try PoolBench()
        bench.pool.warm()
        for count in 1...4 {
            await bench.until { bench.pool.load.workers == 1 }
            XCTAssertEqual(kill(bench.pool.processIDs[0], SIGKILL), 0)
            await bench.until { bench.pool.lastFailure?.count == count }
        }
        // 800 ms; one that did not grow would be 100 ms, and this call answered after it.
        let hopeless = try await bench.call("pid", withinMilliseconds: 400)
        guard case .unavailable(let error) = hopeless.failure else {
            return XCTFail("ended with \(hopeless)")
        }
        XCTAssertTrue(error.message.contains("signal 9 before its first answer"), error.message)
        _ = try await bench.answeringProcess()
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    @RequestLoop
    func testAStartThatFailsTellsThoseWhoWaitThePacksOwnReason() async throws {
        let bench = try PoolBench()
        try bench.put("broken")
        let calls = [try await bench.begin("pid"), try await bench.begin("pid")]
        for call in calls {
            guard case .unavailable(let error) = await call.value.failure else {
                return XCTFail("the pack cannot be loaded")
            }
            XCTAssertTrue(error.message.contains("this pack is broken"), error.message)
        }
        XCTAssertEqual(bench.count("imported"), 1, "one start failed both")
        XCTAssertEqual(bench.pool.lastFailure?.count, 1)
        await bench.close()
    }

    @RequestLoop
    func testACallThatCannotOutliveTheBackoffLearnsTheReasonAtOnce() async throws {
        let bench = try PoolBench()
        try bench.put("broken")
        // The fourth wait is 800 ms.
        for _ in 0..<4 { _ = try await bench.call("pid") }
        XCTAssertEqual(bench.pool.lastFailure?.count, 4)
        let hopeless = try await bench.call("pid", withinMilliseconds: 20)
        guard case .unavailable = hopeless.failure else {
            return XCTFail("ended with \(hopeless)")
        }
        XCTAssertEqual(bench.count("imported"), 4, "no start before the backoff is over")
        // One with more time waits for the next start.
        try bench.remove("broken")
        _ = try await bench.answeringProcess()
        XCTAssertEqual(bench.count("imported"), 5)
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    @RequestLoop
    func testTheMinimumIsStartedAgainThoughNobodyCalls() async throws {
        let bench = try PoolBench {
            $0.workersMin = 2
            $0.workersMax = 2
        }
        try bench.put("broken")
        bench.pool.warm()
        // Two at once; after their failure one at a time.
        await bench.said("imported", times: 4)
        await bench.until { bench.pool.lastFailure?.count == 4 }
        XCTAssertEqual(
            bench.pool.lastFailure?.error.message.contains("this pack is broken"), true)
        try bench.remove("broken")
        await bench.until { bench.pool.load.workers == 2 }
        XCTAssertNil(bench.pool.lastFailure)
        XCTAssertEqual(bench.count("imported"), 6)
        await bench.close()
    }

    /// An answer of a worker that came before the failure says nothing about the next start: it
    /// must not turn waiting into a loop.
    @RequestLoop
    func testAnswersOfOldWorkersDoNotShortenTheBackoff() async throws {
        let bench = try PoolBench {
            $0.workersMax = 2
            $0.workersMin = 2
        }
        bench.pool.warm()
        await bench.until { bench.pool.load.workers == 2 }
        try bench.put("broken")
        let victim = try XCTUnwrap(bench.pool.processIDs.last)
        XCTAssertEqual(kill(victim, SIGKILL), 0)
        await bench.until { bench.pool.lastFailure != nil }
        while (bench.pool.lastFailure?.count ?? 0) < 4, bench.count("imported") < 20 {
            _ = try await bench.answeringProcess()
        }
        XCTAssertEqual(bench.count("imported"), 2 + 3)
        await bench.close()
    }

    @RequestLoop
    func testAWorkerIsReplacedAfterItsCallsAndFinishesWhatItHolds() async throws {
        let bench = try PoolBench {
            $0.concurrency = 2
            $0.callsPerWorkerMax = 3
        }
        let held = try await bench.hold("a")
        let old = try await bench.answeringProcess()
        XCTAssertEqual(bench.count("imported"), 1)
        let third = try await bench.answeringProcess()
        XCTAssertEqual(third, old)
        // Due now: it serves until the next one does, and holds its call longer than that.
        await bench.until { bench.pool.load.workers == 2 }
        let new = try await bench.answeringProcess()
        XCTAssertNotEqual(new, old)
        XCTAssertEqual(bench.pool.load.held, 1)
        try bench.put("release-a")
        let heldEnd = await held.value
        XCTAssertEqual(try heldEnd.get()["pid"]?.int64, old)
        await bench.until { bench.pool.load.workers == 1 }
        XCTAssertEqual(bench.pool.processIDs.map(Int64.init), [new])
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    @RequestLoop
    func testAWorkerWhoseReplacementCannotStartServesOn() async throws {
        let bench = try PoolBench { $0.callsPerWorkerMax = 1 }
        let old = try await bench.answeringProcess()
        // Its replacement may have begun already: those that come later fail.
        try bench.put("broken")
        await bench.until { bench.pool.lastFailure != nil || bench.count("imported") >= 2 }
        var answering = try await bench.answeringProcess()
        if answering != old {
            await bench.until { bench.pool.lastFailure != nil }
            answering = try await bench.answeringProcess()
        }
        await bench.until { (bench.pool.lastFailure?.count ?? 0) >= 2 }
        let still = try await bench.answeringProcess()
        XCTAssertEqual(still, answering)
        try bench.remove("broken")
        await bench.until { bench.pool.processIDs.map(Int64.init) != [answering] }
        await bench.close()
    }

    @RequestLoop
    func testAWorkerIsReplacedWhenItIsOld() async throws {
        let bench = try PoolBench { $0.lifetimeMilliseconds = 150 }
        bench.pool.warm()
        await bench.until { bench.pool.load.workers == 1 }
        let old = bench.pool.processIDs
        await bench.until { !bench.pool.processIDs.contains(old[0]) }
        XCTAssertGreaterThanOrEqual(bench.pool.load.workers, 1, "the other was there before")
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    @RequestLoop
    func testIdleWorkersAboveTheMinimumEndAndBusyOnesDoNot() async throws {
        let bench = try PoolBench {
            $0.workersMax = 3
            $0.idleMilliseconds = 80
        }
        var calls: [Task<PoolBench.Outcome, Never>] = []
        for key in ["a", "b", "c"] { calls.append(try await bench.hold(key)) }
        for key in ["a", "b", "c"] { await bench.said("held \(key)") }
        XCTAssertEqual(bench.pool.load.workers, 3)
        try bench.put("release-a")
        await bench.until { bench.pool.load.workers == 2 }
        XCTAssertEqual(bench.pool.load.held, 2)
        try bench.put("release-b")
        try bench.put("release-c")
        for call in calls {
            let outcome = await call.value
            XCTAssertNil(outcome.failure)
        }
        await bench.until { bench.pool.load.workers == 1 }
        _ = try await bench.answeringProcess()
        XCTAssertEqual(bench.count("imported"), 3, "the minimum was there all the time")
        XCTAssertNil(bench.pool.lastFailure)
        await bench.close()
    }

    @RequestLoop
    func testClosingEndsTheQueueLetsTheOpenCallFinishAndLeavesNothing() async throws {
        let bench = try PoolBench()
        let held = try await bench.hold("a")
        await bench.said("held a")
        let queued = try await bench.hold("b")
        var isClosed = false
        let closing = RequestLoop.start {
            await bench.pool.close()
            isClosed = true
        }
        guard case .unavailable = await queued.value.failure else {
            return XCTFail("it was not sent")
        }
        guard case .unavailable = try await bench.call("pid").failure else {
            return XCTFail("a closed pool takes nothing")
        }
        XCTAssertEqual(bench.pool.load.held, 1)
        XCTAssertFalse(isClosed)
        try bench.put("release-a")
        let heldEnd = await held.value
        XCTAssertNotNil(try heldEnd.get()["pid"]?.int64)
        await closing.value
        bench.checkNothingIsLeft()
        // Closing twice is closing once.
        await bench.close()
    }

    @RequestLoop
    func testClosingDoesNotWaitForAPackThatHangsOnImport() async throws {
        let bench = try PoolBench()
        try bench.put("hang")
        bench.pool.warm()
        await bench.said("imported")
        await bench.close()
    }

    @RequestLoop
    func testClosingWhileAProcessIsMadeLeavesNothing() async throws {
        let bench = try PoolBench {
            $0.workersMin = 3
            $0.workersMax = 3
        }
        bench.pool.warm()
        await bench.close()
    }

    @RequestLoop
    func testClosingInTheBackoffStartsNobody() async throws {
        let bench = try PoolBench()
        try bench.put("broken")
        _ = try await bench.call("pid")
        await bench.close()
        let count = bench.count("imported")
        // The wait that was set is over before this one.
        await EventLoop.shared.sleep(nanoseconds: 250_000_000)
        XCTAssertEqual(bench.count("imported"), count)
        bench.checkNothingIsLeft()
    }

    @RequestLoop
    func testTheWorkerThatDescribedThePackServesIt() async throws {
        let bench = try PoolBench()
        let description = try await PackDescription.ask(bench.plan)
        XCTAssertEqual(description.said.tools.count, 10)
        bench.pool.adopt(description)
        bench.pool.warm()
        let answering = try await bench.answeringProcess()
        XCTAssertEqual(answering, Int64(description.worker.processID))
        XCTAssertEqual(bench.count("imported"), 1)
        await bench.close()
    }

    @RequestLoop
    func testADescriberThatDiedMeanwhileIsReplaced() async throws {
        let bench = try PoolBench()
        let description = try await PackDescription.ask(bench.plan)
        XCTAssertEqual(kill(description.worker.processID, SIGKILL), 0)
        await bench.until { description.worker.end != nil }
        bench.pool.adopt(description)
        XCTAssertEqual(bench.pool.lastFailure?.count, 1)
        let answering = try await bench.answeringProcess()
        XCTAssertNotEqual(answering, Int64(description.worker.processID))
        await bench.close()
    }
}
