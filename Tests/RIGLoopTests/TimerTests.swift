import RIGLinux
import RIGLoop
import XCTest

final class TimerTests: LoopTestCase {
    @RequestLoop
    func testTimersFireInTheOrderOfTheirDeadlines() async {
        let journal = Journal<Int>()
        let start = MonotonicClock.nowNanoseconds()
        for number in [5, 1, 4, 2, 3] {
            _ = EventLoop.shared.at(start + UInt64(number) * 100_000) { journal.note(number) }
        }
        await journal.wait(for: 5)
        XCTAssertEqual(journal.entries, [1, 2, 3, 4, 5])
        XCTAssertGreaterThanOrEqual(MonotonicClock.nowNanoseconds(), start + 500_000)
    }

    @RequestLoop
    func testEqualDeadlinesFireInTheOrderTheyWereSet() async {
        let journal = Journal<Int>()
        let deadline = MonotonicClock.nowNanoseconds() + 100_000
        for number in 0..<100 { _ = EventLoop.shared.at(deadline) { journal.note(number) } }
        await journal.wait(for: 100)
        XCTAssertEqual(journal.entries, Array(0..<100))
    }

    @RequestLoop
    func testACancelledTimerDoesNotFireAndItsKeyStaysHarmless() async {
        let journal = Journal<String>()
        let deadline = MonotonicClock.nowNanoseconds() + 100_000
        let cancelled = EventLoop.shared.at(deadline) { journal.note("cancelled") }
        XCTAssertTrue(EventLoop.shared.cancel(cancelled))
        // Takes over the slot: the old key must not reach it.
        let kept = EventLoop.shared.at(deadline) { journal.note("kept") }
        XCTAssertFalse(EventLoop.shared.cancel(cancelled))
        await journal.wait(for: 1)
        XCTAssertEqual(journal.entries, ["kept"])
        XCTAssertFalse(EventLoop.shared.cancel(kept))
    }

    @RequestLoop
    func testOrderHoldsWhenMostTimersWereCancelled() async {
        let journal = Journal<UInt64>()
        let start = MonotonicClock.nowNanoseconds()
        let before = EventLoop.shared.timerCount
        var state: UInt64 = 1
        var kept: [UInt64] = []
        for number in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let deadline = start + (state >> 44)
            let timer = EventLoop.shared.at(deadline) { journal.note(deadline) }
            if number.isMultiple(of: 10) {
                kept.append(deadline)
            } else {
                EventLoop.shared.cancel(timer)
            }
        }
        XCTAssertEqual(EventLoop.shared.timerCount, before + kept.count)
        await journal.wait(for: kept.count)
        XCTAssertEqual(journal.entries, kept.sorted())
    }

    @RequestLoop
    func testATimerMayCancelAnotherThatIsDueInTheSameTick() async {
        let journal = Journal<String>()
        let deadline = MonotonicClock.nowNanoseconds()
        let second = Shared<LoopTimer?>(nil)
        _ = EventLoop.shared.at(deadline) {
            journal.note("first")
            second.value.map { _ = EventLoop.shared.cancel($0) }
        }
        second.value = EventLoop.shared.at(deadline) { journal.note("second") }
        await EventLoop.shared.sleep(nanoseconds: 1000)
        XCTAssertEqual(journal.entries, ["first"])
    }
}
