import RIGModel
import XCTest

@testable import RIGWorker

final class BackoffTests: XCTestCase {
    func testWaitsDoubleFromTheFirstFailureToTheCapAndStayThere() {
        var backoff = Backoff()
        XCTAssertEqual(backoff.delayNanoseconds, 0)
        var waits: [UInt64] = []
        for _ in 0..<12 {
            backoff.fail()
            waits.append(backoff.delayNanoseconds / 1_000_000)
        }
        XCTAssertEqual(
            waits,
            [
                100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000,
            ])
        XCTAssertEqual(waits.last, UInt64(Limits.workerBackoffMillisecondsMax))
    }

    func testASuccessForgetsAllFailures() {
        var backoff = Backoff()
        for _ in 0..<5 { backoff.fail() }
        backoff.succeed()
        XCTAssertEqual(backoff.delayNanoseconds, 0)
        backoff.fail()
        XCTAssertEqual(
            backoff.delayNanoseconds, UInt64(Limits.workerBackoffMillisecondsMin) * 1_000_000)
    }

    func testAStumbleWaitsTheShortestTimeAndNeverLonger() {
        var backoff = Backoff()
        for _ in 0..<5 {
            backoff.stumble()
            XCTAssertEqual(backoff.delayNanoseconds, 100_000_000)
        }
        backoff.fail()
        backoff.stumble()
        XCTAssertEqual(backoff.delayNanoseconds, 200_000_000, "nor does it shorten a longer one")
    }

    func testAPackThatFailsForYearsStaysAtTheCap() {
        var backoff = Backoff()
        for _ in 0..<100_000 { backoff.fail() }
        XCTAssertEqual(
            backoff.delayNanoseconds, UInt64(Limits.workerBackoffMillisecondsMax) * 1_000_000)
    }
}
