import RIGModel
import XCTest

@testable import RIGWorker

final class LogGateTests: XCTestCase {
    private static let second: UInt64 = 1_000_000_000

    func testLinesPassUpToTheBytesOfASecondAndAreCountedBeyond() {
        var gate = LogGate()
        let now = 5 * Self.second
        let line = 1_024
        for number in 0..<Limits.workerLogBytesPerSecond / line {
            XCTAssertTrue(gate.pass(bytes: line, at: now).passes, "\(number)")
        }
        for number in 1...3 {
            XCTAssertFalse(gate.pass(bytes: line, at: now + Self.second - 1).passes)
            XCTAssertEqual(gate.dropped, number)
        }
    }

    func testTheNextWindowPassesAgainAndSaysOnceHowManyWereDropped() {
        var gate = LogGate()
        let now = 5 * Self.second
        for _ in 0..<100 { _ = gate.pass(bytes: Limits.workerLogLineBytesMax, at: now) }
        let dropped = 100 - Limits.workerLogBytesPerSecond / Limits.workerLogLineBytesMax
        let later = gate.pass(bytes: 1, at: now + Self.second + 1)
        XCTAssertTrue(later.passes)
        XCTAssertEqual(later.droppedBefore, dropped)
        XCTAssertEqual(gate.pass(bytes: 1, at: now + Self.second + 2).droppedBefore, 0)
        XCTAssertEqual(gate.dropped, 0)
    }

    func testEmptyLinesAreNotFree() {
        var gate = LogGate()
        let passed = (0..<100_000).count { _ in gate.pass(bytes: 0, at: Self.second * 2).passes }
        XCTAssertEqual(passed, Limits.workerLogBytesPerSecond / Limits.workerLogLineBytesMin)
    }
}
