import RIGMCP
import XCTest

final class ToolNamingTests: XCTestCase {
    func testADotBecomesAnUnderscore() {
        XCTAssertEqual(ToolNaming.exported(["demo.say", "a-b.c_d"]), ["demo_say", "a-b_c_d"])
    }

    func testRunsOfOtherCharactersCollapse() {
        XCTAssertEqual(ToolNaming.exported(["a_._b"]), ["a_b"])
    }

    func testLongNamesKeepTheirBeginningAndGetAHashOfTheWhole() {
        let long = "a." + String(repeating: "x", count: 48)
        let other = long + "y"
        let names = ToolNaming.exported([long, other])
        for name in names {
            XCTAssertEqual(name.count, 40)
            XCTAssertTrue(name.hasPrefix("a_" + String(repeating: "x", count: 29) + "_"))
        }
        XCTAssertNotEqual(names[0], names[1])
        XCTAssertEqual(ToolNaming.exported([other]), [names[1]], "a name depends on its tool alone")
    }

    func testNamesThatWouldBeOneAreTold() {
        let names = ToolNaming.exported(["a_b.c", "a.b_c", "x.Y", "x.y", "z.z"])
        XCTAssertEqual(Set(names.map { $0.lowercased() }).count, 5)
        XCTAssertEqual(names[4], "z_z")
        for name in names.prefix(4) {
            XCTAssertNotNil(name.wholeMatch(of: /[A-Za-z_]+_[0-9a-f]{8}/), name)
        }
        let backwards = ToolNaming.exported(["z.z", "x.y", "x.Y", "a.b_c", "a_b.c"])
        XCTAssertEqual(Array(backwards.reversed()), names)
    }
}
