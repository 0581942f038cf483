import RIGJSON
import XCTest

final class ValueNumberTests: XCTestCase {
    private func number(_ literal: String) throws -> JSONNumber {
        try XCTUnwrap(JSONNumber(literal: literal), literal)
    }

    func testEqualityIsByValue() throws {
        let groups = [
            ["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000", "100E-2"],
            ["0", "-0", "0.0", "-0e5", "0e999999999999999999999"],
            ["9007199254740993", "9007199254740993.0", "9007199254740.993e3"],
            ["9007199254740992", "9.007199254740992E15"],
            ["-1.5", "-15e-1", "-0.15e+1"],
            ["1e400", "10e399"], ["1e-400", "0.1e-399"], ["1e401"],
            ["0.1"], ["0.1000000000000000055511151231257827"],
        ]
        for (place, group) in groups.enumerated() {
            for left in group {
                for (otherPlace, other) in groups.enumerated() {
                    for right in other {
                        let isEqual = try number(left) == number(right)
                        XCTAssertEqual(isEqual, place == otherPlace, "\(left) \(right)")
                    }
                }
                XCTAssertEqual(try number(left).hashValue, try number(group[0]).hashValue, left)
            }
        }
    }

    func testOrderIsExact() throws {
        let rising = [
            "-1e400", "-9007199254740993", "-9007199254740992", "-2", "-1.5", "-1e-400", "0",
            "1e-401", "1e-400", "0.1", "0.1000000000000000055", "0.2", "1", "1.5", "2", "10",
            "9007199254740992", "9007199254740992.5", "9007199254740993", "1e400",
            "1e400000000000000000",
        ]
        for left in rising.indices {
            for right in rising.indices {
                XCTAssertEqual(
                    try number(rising[left]) < number(rising[right]), left < right,
                    "\(rising[left]) \(rising[right])")
            }
        }
    }

    func testIntegersAreKnownHoweverTheyAreWritten() throws {
        for literal in ["1", "-1.0", "1e2", "1.5e1", "0.0", "1e400", "12345678901234567890123"] {
            XCTAssertTrue(try number(literal).isInteger, literal)
        }
        for literal in ["1.5", "1e-1", "0.1", "-1.55e1", "1e-400", "9007199254740993.5"] {
            XCTAssertFalse(try number(literal).isInteger, literal)
        }
    }

    func testInt64IsExactOrNothing() throws {
        let table: [(String, Int64?)] = [
            ("0", 0), ("-0", 0), ("1e2", 100), ("1.50e1", 15), ("100.0", 100), ("1.5", nil),
            ("9223372036854775807", .max), ("9223372036854775808", nil),
            ("-9223372036854775808", .min), ("-9223372036854775809", nil),
            ("-9223372036854775808.0", .min), ("9223372036854775807e0", .max),
            ("922337203685477580.7e1", .max), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
            ("1e999999999999999999999", nil), ("0e999999999999999999999", 0), ("1e-3", nil),
        ]
        for (literal, expected) in table {
            XCTAssertEqual(try number(literal).int64, expected, literal)
        }
    }

    func testDoubleIsTheNearestOne() throws {
        XCTAssertEqual(try number("0.1").double, 0.1)
        XCTAssertEqual(try number("9007199254740993").double, 9_007_199_254_740_992)
        XCTAssertEqual(try number("1e400").double, .infinity)
        XCTAssertEqual(try number("-1e400").double, -.infinity)
        XCTAssertEqual(try number("1e-400").double, 0)
        XCTAssertEqual(try number("5e-324").double, .leastNonzeroMagnitude)
    }

    func testOnlyLiteralsOfTheGrammarAreNumbers() {
        for literal in ["", "+1", "01", "1.", ".1", "1e", "nan", "0x10", " 1", "1 ", "1_0", "inf"] {
            XCTAssertNil(JSONNumber(literal: literal), literal)
        }
        XCTAssertNil(JSONNumber(Double.nan))
        XCTAssertNil(JSONNumber(Double.infinity))
        XCTAssertEqual(JSONNumber(1e21)?.literal, "1e+21")
        XCTAssertEqual(JSONNumber(UInt64.max).literal, "18446744073709551615")
    }

    func testStringsAreEqualByCodePoints() throws {
        XCTAssertEqual(try JSONValue.parse(#""\u0061""#), "a")
        XCTAssertNotEqual(JSONValue.string("\u{e9}"), JSONValue.string("e\u{301}"))
        XCTAssertNil(JSONValue.object(["\u{e9}": 1])["e\u{301}"])
        XCTAssertEqual(Set<JSONValue>(["\u{e9}", "e\u{301}", "\u{e9}"]).count, 2)
    }

    func testObjectsAreEqualInAnyOrder() throws {
        let left = try JSONValue.parse(#"{"a":1,"b":[1,2],"c":{"d":null}}"#)
        let right = try JSONValue.parse(#"{"c":{"d":null},"b":[1.0,2e0],"a":1}"#)
        XCTAssertEqual(left, right)
        XCTAssertEqual(left.hashValue, right.hashValue)
        XCTAssertNotEqual(left, try JSONValue.parse(#"{"a":1,"b":[2,1],"c":{"d":null}}"#))
        XCTAssertNotEqual(left, try JSONValue.parse(#"{"a":1,"b":[1,2]}"#))
    }

    func testMembersAreSetAndRemovedBesideAnIndex() {
        var object = JSONObject()
        for index in 0..<40 {
            XCTAssertTrue(object.append("k\(index)", .number(JSONNumber(index))))
        }
        XCTAssertFalse(object.append("k7", nil))
        object["k7"] = .some("seven")
        object["k0"] = Optional<JSONValue>.none
        object["new"] = .some(true)
        XCTAssertEqual(object.count, 40)
        XCTAssertEqual(object["k7"], "seven")
        XCTAssertEqual(object["k0"], Optional<JSONValue>.none)
        XCTAssertEqual(object["k39"], 39)
        XCTAssertEqual(object.names.last, "new")
    }
}
