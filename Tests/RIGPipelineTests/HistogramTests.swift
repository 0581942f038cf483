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

    func testBucketsOfASnapshotAreExact() {
        var histogram = Histogram()
        var generator = SystemRandomNumberGenerator()
        let values = (0..<10_000).map { _ in
            UInt64.random(in: 0..<(1 << UInt64.random(in: 1...40)), using: &generator)
        }
        for value in values { histogram.record(value) }
        let snapshot = HistogramSnapshot(histogram)
        let bounds = HistogramSnapshot.boundsNanoseconds
        XCTAssertEqual(snapshot.cumulativeCounts.count, bounds.count)
        for (bound, count) in zip(bounds, snapshot.cumulativeCounts) {
            XCTAssertEqual(count, UInt64(values.count { $0 < bound }), "below \(bound)")
        }
        XCTAssertEqual(snapshot.count, 10_000)
        XCTAssertEqual(snapshot.sumNanoseconds, values.reduce(0, +))
        let seconds = HistogramSnapshot.boundsSeconds
        XCTAssertEqual(seconds.first, "0.000001024")
        XCTAssertEqual(seconds.last, "68.719476736")
        XCTAssertEqual(seconds.compactMap(Double.init), bounds.map { Double($0) / 1e9 })
    }

    func testEmptySnapshotHasItsBuckets() {
        let snapshot = HistogramSnapshot(Histogram())
        XCTAssertEqual(Set(snapshot.cumulativeCounts), [0])
        XCTAssertEqual(snapshot.cumulativeCounts.count, HistogramSnapshot.boundsSeconds.count)
    }

    func testEveryStageHasItsPlaceInTheClock() {
        XCTAssertEqual(Stage.allCases.count, Stage.count)
        XCTAssertEqual(Stage.allCases.map(\.rawValue), Array(0..<Stage.count))
        XCTAssertEqual(Set(Stage.allCases.map(\.name)).count, Stage.count)
    }
}
