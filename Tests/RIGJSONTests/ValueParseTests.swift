import RIGBytes
import RIGJSON
import XCTest

/// What a text means once it is read, and which fault a refused one is given.
final class ValueParseTests: XCTestCase {
    func testTreeHoldsEveryKindOfValue() throws {
        let value = try JSONValue.parse(#" {"a":[1,-2.5e3,true,false,null],"b":{"c":"d"},"e":[]} "#)
        let expected: JSONValue = [
            "a": [
                1, .number(try XCTUnwrap(JSONNumber(literal: "-2500"))), true, false, nil,
            ],
            "b": ["c": "d"], "e": [],
        ]
        XCTAssertEqual(value, expected)
    }

    func testEscapesAreDecoded() throws {
        let value = try JSONValue.parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00""#)
        XCTAssertEqual(value.string, "\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{20ac}\u{1f600}")
    }

    func testScalarsStandAlone() throws {
        XCTAssertEqual(try JSONValue.parse("3"), 3)
        XCTAssertEqual(try JSONValue.parse(" \n\"x\" "), "x")
        XCTAssertEqual(try JSONValue.parse("\ttrue"), true)
        XCTAssertEqual(try JSONValue.parse("null\r"), nil)
    }

    func testFaultsAreNamedWithTheirOffset() {
        let table: [(String, JSONFault, Int)] = [
            ("", .empty, 0), (" \n", .empty, 2), ("{}{}", .trailingBytes, 2),
            ("[1 2]", .expectedCommaOrEnd, 3), ("{\"a\" 1}", .expectedColon, 5),
            ("{a:1}", .expectedName, 1), ("[01]", .invalidNumber, 1), ("[tru]", .invalidLiteral, 1),
            ("[1,]", .expectedValue, 3), ("[", .unexpectedEnd, 1), ("[[1]", .unexpectedEnd, 4),
            ("[\"a", .unterminatedString, 1), ("[\"a\u{1}\"]", .controlCharacter, 3),
            (#"["\x"]"#, .invalidEscape, 2), (#"["\u12g4"]"#, .invalidEscape, 2),
            (#"["\ud800"]"#, .loneSurrogate, 2), (#"["\udc00"]"#, .loneSurrogate, 2),
            (#"{"a":1,"\u0061":2}"#, .duplicateName, 7), ("[}", .expectedValue, 1),
            ("1 2", .trailingBytes, 2), ("\"a\"\"b\"", .trailingBytes, 3),
            ("nul", .invalidLiteral, 0), ("truefalse", .invalidLiteral, 0),
        ]
        for (text, code, offset) in table {
            XCTAssertThrowsError(try JSONValue.parse(text), text) {
                XCTAssertEqual($0 as? JSONError, JSONError(code, at: offset), text)
            }
        }
    }

    func testTextInTheMiddleOfABufferEndsWhereItsRangeEnds() throws {
        let buffer = ByteBuffer(Array("[12345]".utf8))
        XCTAssertEqual(try JSONValue.parse(buffer, ByteRange(offset: 1, count: 3)), 123)
    }
}
