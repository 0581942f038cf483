import RIGModel
import XCTest

final class TraceParentTests: XCTestCase {
    func testOnlyAWellFormedTraceIsPassedOn() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        XCTAssertEqual(TraceParent(given: good)?.text, good)
        let zeros = String(repeating: "0", count: 32)
        for bad in [
            "", good + "-x", good.uppercased(), "ff" + good.dropFirst(2), "01" + good.dropFirst(2),
            "00-\(zeros)-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\"-00f067aa0ba902b7-01",
        ] { XCTAssertNil(TraceParent(given: bad), bad) }
    }
}
