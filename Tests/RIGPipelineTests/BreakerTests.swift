import RIGModel
import XCTest

@testable import RIGPipeline

/// The breaker and the budget of retries at times that the tests choose.
final class BreakerTests: XCTestCase {
    private static let second: UInt64 = 1_000_000_000
    private let culprit = 7

    /// Failures one after the other, from `start` on.
    private func fail(_ breaker: inout Breaker, _ count: Int, from start: UInt64) {
        for number in 0..<UInt64(count) {
            breaker.failed(
                culprit, sentAt: start + 10 * number + 5, at: start + 10 * number + 6, isEnd: true)
        }
    }

    func testFailuresInARowOpenItAndAnAnswerStartsTheCountAnew() {
        var breaker = Breaker()
        fail(&breaker, Limits.breakerFailuresMax - 1, from: 100)
        breaker.answered()
        fail(&breaker, Limits.breakerFailuresMax - 1, from: 1_000)
        XCTAssertEqual(breaker.state(at: 2_000), .closed)
        XCTAssertEqual(breaker.enter(culprit, at: 2_000), 0)
        fail(&breaker, 1, from: 2_000)
        XCTAssertEqual(breaker.state(at: 2_100), .open)
        XCTAssertEqual(breaker.timesOpened, 1)
        XCTAssertGreaterThan(breaker.enter(culprit, at: 2_100), 0)
    }

    func testCallsThatOneWorkerTookWithItAreOneFailure() {
        var breaker = Breaker()
        for _ in 0..<100 { breaker.failed(culprit, sentAt: 50, at: 60, isEnd: true) }
        XCTAssertEqual(breaker.failuresInRow, 1)
        // A worker that hangs fails them one by one.
        for _ in 0..<4 { breaker.failed(culprit, sentAt: 50, at: 70, isEnd: false) }
        XCTAssertEqual(breaker.state(at: 80), .open)
    }

    func testOneProbeASecondIsLetThroughOnceItsTimeIsOver() {
        var breaker = Breaker()
        fail(&breaker, 5, from: 0)
        let opened: UInt64 = 46
        let wait = breaker.enter(culprit, at: opened)
        XCTAssertEqual(wait, Self.second)
        let due = opened + wait
        XCTAssertEqual(breaker.state(at: due), .halfOpen)
        XCTAssertEqual(breaker.enter(culprit, at: due), 0)
        XCTAssertGreaterThan(breaker.enter(culprit, at: due + 1), 0, "the probe is at work")
        XCTAssertEqual(breaker.enter(culprit, at: due + Self.second), 0, "it may take its time")
    }

    func testProbeThatFailsDoublesTheWaitUpToItsMostAndOneThatIsAnsweredEndsIt() {
        var breaker = Breaker()
        fail(&breaker, 5, from: 0)
        var now: UInt64 = 46
        var waits: [UInt64] = []
        for _ in 0..<8 {
            let wait = breaker.enter(culprit, at: now)
            waits.append(wait / Self.second)
            now += wait
            XCTAssertEqual(breaker.enter(culprit, at: now), 0)
            breaker.failed(culprit, sentAt: now, at: now + 1, isEnd: true)
            now += 1
        }
        XCTAssertEqual(waits, [1, 2, 4, 8, 16, 30, 30, 30])
        now += breaker.enter(culprit, at: now)
        XCTAssertEqual(breaker.enter(culprit, at: now), 0)
        breaker.answered()
        XCTAssertEqual(breaker.state(at: now), .closed)
        fail(&breaker, 5, from: now)
        XCTAssertLessThanOrEqual(breaker.enter(culprit, at: now + 100), Self.second)
    }

    func testCallerWithWhomNothingFailedIsAProbeAtOnceAndOnlyOnce() {
        var breaker = Breaker()
        fail(&breaker, 5, from: 0)
        XCTAssertEqual(breaker.enter(8, at: 100), 0)
        XCTAssertGreaterThan(breaker.enter(9, at: 101), 0, "one probe at a time")
        breaker.failed(8, sentAt: 100, at: 110, isEnd: true)
        XCTAssertGreaterThan(breaker.enter(8, at: 120), 0)
        XCTAssertEqual(breaker.enter(9, at: 121), 0)
        breaker.answered()
        XCTAssertEqual(breaker.enter(culprit, at: 122), 0)
    }

    func testMakingUpCallersDoesNotKeepItOpenForProbes() {
        var breaker = Breaker()
        fail(&breaker, 5, from: 0)
        var probes = 0
        for caller in 100..<1_000 {
            let now = UInt64(caller)
            guard breaker.enter(caller, at: now) == 0 else { continue }
            probes += 1
            breaker.failed(caller, sentAt: now, at: now, isEnd: true)
        }
        XCTAssertEqual(probes, 63)
    }

    func testRetriesAreATenthOfTheCallsButForTen() {
        var budget = RetryBudget()
        var retries = 0
        for _ in 0..<1_000 {
            budget.add()
            // Every call fails and would be sent three times.
            for _ in 0..<2 where budget.take() { retries += 1 }
        }
        XCTAssertLessThanOrEqual(retries, 110)
        XCTAssertGreaterThanOrEqual(retries, 108)
    }

    func testPausesHaveFullJitterAndDoubleUpToTheirMost() {
        for (tries, longest) in [(1, 50), (2, 100), (3, 200), (9, 2_000), (60, 2_000)] {
            XCTAssertEqual(RetryPause.nanoseconds(tries: tries, random: 0), 0)
            XCTAssertEqual(
                RetryPause.nanoseconds(tries: tries, random: 0.5), UInt64(longest) * 500_000)
        }
    }
}
