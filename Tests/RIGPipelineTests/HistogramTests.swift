import RIGPipeline
import XCTest

final class HistogramTests: XCTestCase {
    func testPercentilesAreWithinAnEighthOfTheTruth() {
        var histogram = Histogram()
        for value in 1...100_000 as ClosedRange<UInt64> { histogram.record(value * 37) }
        for fraction in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let truth = fraction * 100_000 * 37
            let found = Double(histogram.percentile(fraction))
            XCTAssertEqual(found / truth, 1, accuracy: 0.13, "p\(fraction)")
        }
        XCTAssertEqual(histogram.percentile(1), 3_700_000)
        XCTAssertEqual(histogram.total, 100_000)
    }

    func testEdgesDoNotTrap() {
        var histogram = Histogram()
        XCTAssertEqual(histogram.percentile(0.5), 0)
        for value in [0, 1, 7, 8, 9, UInt64.max / 2, .max] { histogram.record(value) }
        // Half an hour and more is one bucket; the largest value is known exactly.
        XCTAssertGreaterThan(histogram.percentile(1.0), 1 << 40)
        XCTAssertEqual(histogram.maxNanoseconds, .max)
    }
}
