import XCTest

@testable import RIGWorker

final class PoolSizeTests: XCTestCase {
    private func limits(
        _ workersMin: Int, _ workersMax: Int, concurrency: Int = 2
    ) -> WorkerPlan.PoolLimits {
        var limits = WorkerPlan.PoolLimits()
        (limits.workersMin, limits.workersMax) = (workersMin, workersMax)
        limits.concurrency = concurrency
        return limits
    }

    func testTheMinimumIsKeptWhetherOrNotAnybodyCalls() {
        XCTAssertEqual(PoolSize().starts(limits(3, 5)), 3)
        XCTAssertEqual(PoolSize(serving: 1, starting: 1).starts(limits(3, 5)), 1)
        XCTAssertEqual(PoolSize(serving: 2, starting: 1).starts(limits(3, 5)), 0)
        XCTAssertEqual(PoolSize().starts(limits(0, 5)), 0)
    }

    func testWorkersAreAddedForWhatWaitsAndNotForWhatThoseThatStartWillTake() {
        let limits = limits(1, 4)
        for (queued, starts) in [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (100, 3)] {
            XCTAssertEqual(
                PoolSize(serving: 1, queuedCalls: queued).starts(limits), starts, "\(queued)")
        }
        XCTAssertEqual(PoolSize(serving: 1, starting: 1, queuedCalls: 2).starts(limits), 0)
        XCTAssertEqual(PoolSize(serving: 1, starting: 1, queuedCalls: 3).starts(limits), 1)
        XCTAssertEqual(PoolSize(serving: 4, queuedCalls: 100).starts(limits), 0)
        XCTAssertEqual(PoolSize(serving: 2, starting: 2, queuedCalls: 100).starts(limits), 0)
    }

    func testWorkersThatAreDueAreReplacedOneAfterTheOtherAndNeverBelowTheMinimum() {
        let limits = limits(3, 3)
        var size = PoolSize(serving: 3, due: 3)
        var order: [String] = []
        while size.due > 0 {
            let drains = size.drains(limits)
            if drains > 0 {
                size.serving -= drains
                size.due -= drains
                order.append("drain \(drains)")
            } else {
                XCTAssertEqual(size.starts(limits), 1)
                size.starting += 1
                XCTAssertEqual(size.starts(limits), 0, "one at a time")
                XCTAssertEqual(size.drains(limits), 0, "not before the other serves")
                size.starting -= 1
                size.serving += 1
                order.append("start")
            }
            XCTAssertGreaterThanOrEqual(size.serving, 3)
            XCTAssertLessThanOrEqual(size.serving, 4)
        }
        XCTAssertEqual(order, Array(repeating: ["start", "drain 1"], count: 3).flatMap { $0 })
        XCTAssertEqual(size, PoolSize(serving: 3))
    }

    func testAWorkerAboveTheMinimumIsDrainedWithoutAReplacement() {
        let size = PoolSize(serving: 3, due: 1)
        XCTAssertEqual(size.drains(limits(2, 4)), 1)
        XCTAssertEqual(size.starts(limits(2, 4)), 0)
    }
}

/// The same where each call has a worker of its own.
final class PerCallPoolSizeTests: XCTestCase {
    private func limits(_ workersMin: Int, _ workersMax: Int) -> WorkerPlan.PoolLimits {
        var limits = WorkerPlan.PoolLimits()
        (limits.workersMin, limits.workersMax) = (workersMin, workersMax)
        limits.concurrency = 1
        limits.isPerCall = true
        return limits
    }

    func testSparesAreRefilledOneAtATime() {
        XCTAssertEqual(PoolSize().starts(limits(3, 5)), 1)
        XCTAssertEqual(PoolSize(starting: 1).starts(limits(3, 5)), 0)
        XCTAssertEqual(PoolSize(serving: 2).starts(limits(3, 5)), 1)
        XCTAssertEqual(PoolSize(serving: 3).starts(limits(3, 5)), 0)
        XCTAssertEqual(PoolSize(busy: 4).starts(limits(3, 5)), 1)
        XCTAssertEqual(PoolSize().starts(limits(0, 5)), 0)
    }

    func testCallsThatWaitHaveAsManyStartedAsThereIsRoom() {
        for (queued, starts) in [(1, 1), (2, 2), (3, 3), (4, 3), (100, 3)] {
            XCTAssertEqual(
                PoolSize(queuedCalls: queued, busy: 2).starts(limits(1, 5)), starts, "\(queued)")
        }
        XCTAssertEqual(PoolSize(starting: 2, queuedCalls: 2).starts(limits(1, 5)), 0)
        XCTAssertEqual(PoolSize(starting: 2, queuedCalls: 3).starts(limits(1, 5)), 1)
    }

    func testTheMaximumBoundsSparesStartsAndCallsTogether() {
        XCTAssertEqual(PoolSize(queuedCalls: 9, busy: 5).starts(limits(1, 5)), 0)
        XCTAssertEqual(PoolSize(starting: 2, queuedCalls: 9, busy: 3).starts(limits(1, 5)), 0)
        XCTAssertEqual(PoolSize(busy: 5).starts(limits(2, 5)), 0)
    }

    func testProcessesThatDoNotEndBoundTheStarts() {
        XCTAssertEqual(PoolSize(queuedCalls: 9, ending: 4).starts(limits(1, 5)), 5)
        XCTAssertEqual(PoolSize(queuedCalls: 9, ending: 5).starts(limits(1, 5)), 0)
    }

    func testAnOldSpareIsReplacedBeforeItEnds() {
        let limits = limits(1, 1)
        XCTAssertEqual(PoolSize(serving: 1, due: 1).starts(limits), 1)
        XCTAssertEqual(PoolSize(serving: 1, due: 1).drains(limits), 0)
        XCTAssertEqual(PoolSize(serving: 2, due: 1).drains(limits), 1)
    }
}
