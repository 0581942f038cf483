import RIGLoop
import XCTest

@testable import RIGWorker

final class CancellationTests: LoopTestCase {
    @RequestLoop
    func testCancellingActsOnce() async {
        let cancellation = Cancellation()
        var count = 0
        cancellation.onCancel { count += 1 }
        XCTAssertFalse(cancellation.isCancelled)
        cancellation.cancel()
        cancellation.cancel()
        XCTAssertEqual(count, 1)
        XCTAssertTrue(cancellation.isCancelled)
    }

    @RequestLoop
    func testTheLastActionReplacesThoseBefore() async {
        let cancellation = Cancellation()
        var acted: [Int] = []
        cancellation.onCancel { acted.append(1) }
        cancellation.onCancel { acted.append(2) }
        cancellation.cancel()
        XCTAssertEqual(acted, [2])
    }

    @RequestLoop
    func testACallThatEndedIsNotTouchedAnyMore() async {
        let cancellation = Cancellation()
        cancellation.onCancel { XCTFail("the call has ended") }
        cancellation.onCancel(nil)
        cancellation.cancel()
        XCTAssertTrue(cancellation.isCancelled)
    }

    @RequestLoop
    func testAnActionThatCancelsAgainDoesNotLoop() async {
        let cancellation = Cancellation()
        var count = 0
        cancellation.onCancel {
            count += 1
            cancellation.cancel()
        }
        cancellation.cancel()
        XCTAssertEqual(count, 1)
    }
}
