import RIGLoop
import XCTest

@testable import RIGWorker

final class HeldCallTests: LoopTestCase {
    @RequestLoop
    func testTheFirstEndIsTheAnswer() async throws {
        let call = HeldCall(try .make("go"), onProgress: nil)
        let result = await call.wait(
            expire: {},
            begin: {
                call.end(.failure(.overloaded))
                call.end(.failure(.timeout(sent: true)))
            })
        XCTAssertEqual(result.failure, .overloaded)
        XCTAssertTrue(call.isEnded)
    }

    @RequestLoop
    func testTheDeadlineExpiresTheCallAndNotBeforeItBegan() async throws {
        let call = HeldCall(try .make("go", withinMilliseconds: 0), onProgress: nil)
        var order: [String] = []
        let result = await call.wait(
            expire: {
                order.append("expired")
                call.end(.failure(.timeout(sent: false)))
            }, begin: { order.append("began") })
        XCTAssertEqual(result.failure, .timeout(sent: false))
        XCTAssertEqual(order, ["began", "expired"])
    }

    @RequestLoop
    func testAnEndedCallDoesNotExpire() async throws {
        let call = HeldCall(try .make("go", withinMilliseconds: 5), onProgress: nil)
        _ = await call.wait(
            expire: { XCTFail("it has ended") }, begin: { call.end(.failure(.overloaded)) })
        // A timer set later for a later time fires after it would have.
        let later = HeldCall(try .make("go", withinMilliseconds: 10), onProgress: nil)
        _ = await later.wait(
            expire: { later.end(.failure(.timeout(sent: false))) }, begin: {})
    }

    @RequestLoop
    func testACallThatNobodyWaitsForYetIsNotEnded() async throws {
        let call = HeldCall(try .make("go"), onProgress: nil)
        call.end(.failure(.overloaded))
        XCTAssertFalse(call.isEnded)
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
