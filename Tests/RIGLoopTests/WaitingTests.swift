import RIGLinux
import RIGLoop
import XCTest

final class WaitingTests: LoopTestCase {
    @RequestLoop
    func testAValueDeliveredFirstIsHandedOverAndASecondOneIsRefused() async {
        let answer = OneShot<Int>()
        XCTAssertTrue(answer.resume(1))
        XCTAssertFalse(answer.resume(2))
        let value = await answer.wait()
        XCTAssertEqual(value, 1)
        XCTAssertFalse(answer.resume(3))
    }

    @RequestLoop
    func testAValueDeliveredLaterResumesTheOneWhoWaits() async {
        let answer = OneShot<Int>()
        Task { answer.resume(5) }
        let value = await answer.wait()
        XCTAssertEqual(value, 5)
    }

    @RequestLoop
    func testAGateLetsItsPermitsInAndTheOthersFollowInTheirOrder() async {
        let gate = Gate(permits: 2, waitersMax: 10)
        let journal = Journal<Int>()
        let tasks = (0..<6).map { number in
            RequestLoop.start {
                let entry = await gate.enter()
                XCTAssertEqual(entry, .granted)
                XCTAssertLessThanOrEqual(gate.held, 2)
                journal.note(number)
                await EventLoop.shared.sleep(nanoseconds: 1)
                gate.leave()
            }
        }
        for task in tasks { await task.value }
        XCTAssertEqual(journal.entries, Array(0..<6))
        XCTAssertEqual(gate.held, 0)
    }

    @RequestLoop
    func testALineOfFullLengthRefusesAtOnce() async {
        let gate = Gate(permits: 1, waitersMax: 1)
        XCTAssertTrue(gate.tryEnter())
        let waiting = Task { await gate.enter() }
        while gate.waiting == 0 { await Task.yield() }
        let refused = await gate.enter()
        XCTAssertEqual(refused, .full)
        gate.leave()
        let granted = await waiting.value
        XCTAssertEqual(granted, .granted)
    }

    @RequestLoop
    func testOneWhoseTimeRanOutLosesItsPlaceAndGetsNoPermit() async {
        let gate = Gate(permits: 1, waitersMax: 1)
        XCTAssertTrue(gate.tryEnter())
        let entry = await gate.enter(timeoutNanoseconds: 1000)
        XCTAssertEqual(entry, .timedOut)
        XCTAssertEqual(gate.waiting, 0)
        gate.leave()
        XCTAssertEqual(gate.held, 0)
        XCTAssertTrue(gate.tryEnter())
    }

    @RequestLoop
    func testACancelledPlaceIsSkippedAndTheNextIsServed() async throws {
        let queue = WaitQueue<String>(countMax: 3)
        let first = try XCTUnwrap(queue.join())
        let second = try XCTUnwrap(queue.join(timeoutNanoseconds: 60_000_000_000))
        let timers = EventLoop.shared.timerCount
        XCTAssertTrue(first.cancel())
        XCTAssertFalse(first.cancel())
        XCTAssertTrue(queue.deliver("worker"))
        XCTAssertFalse(queue.deliver("nobody waits"))
        XCTAssertEqual(EventLoop.shared.timerCount, timers - 1)
        guard case .cancelled = await first.wait() else { return XCTFail("cancelled") }
        guard case .delivered("worker") = await second.wait() else { return XCTFail("served") }
    }

    @RequestLoop
    func testPlacesGivenUpDoNotPileUp() async throws {
        let queue = WaitQueue<Int>(countMax: 2)
        let patient = try XCTUnwrap(queue.join())
        for _ in 0..<10_000 { try XCTUnwrap(queue.join()).cancel() }
        XCTAssertEqual(queue.count, 1)
        XCTAssertTrue(queue.deliver(9))
        guard case .delivered(9) = await patient.wait() else { return XCTFail("served") }
    }

    @RequestLoop
    func testCancelAllEndsEveryWait() async throws {
        let queue = WaitQueue<Int>(countMax: 2)
        let places = [try XCTUnwrap(queue.join()), try XCTUnwrap(queue.join())]
        XCTAssertNil(queue.join())
        queue.cancelAll()
        for place in places {
            guard case .cancelled = await place.wait() else { return XCTFail("cancelled") }
        }
        XCTAssertTrue(queue.isEmpty)
    }
}
