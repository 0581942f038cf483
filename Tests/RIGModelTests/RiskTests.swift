import XCTest

@testable import RIGModel

final class RiskTests: XCTestCase {
    func testEveryPairOfRisksIsElevationExactlyAsTheContractSays() {
        // read < write < {destructive, money}; a move between the last two counts as elevation.
        let elevations: Set<[Risk]> = [
            [.read, .write], [.read, .destructive], [.read, .money],
            [.write, .destructive], [.write, .money],
            [.destructive, .money], [.money, .destructive],
        ]
        for old in Risk.allCases {
            for new in Risk.allCases {
                XCTAssertEqual(
                    Risk.isElevation(from: old, to: new), elevations.contains([old, new]),
                    "\(old) to \(new)")
            }
        }
    }

    func testTheOrderIsStrictAndTransitive() {
        for a in Risk.allCases {
            XCTAssertFalse(a.isBelow(a))
            for b in Risk.allCases where a.isBelow(b) {
                XCTAssertFalse(b.isBelow(a), "\(a) and \(b)")
                for c in Risk.allCases where b.isBelow(c) { XCTAssertTrue(a.isBelow(c)) }
            }
        }
    }

    func testOnlyReadHasNoSideEffects() {
        XCTAssertEqual(Risk.allCases.filter { !$0.hasSideEffects }, [.read])
    }
}
