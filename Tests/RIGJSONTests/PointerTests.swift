import RIGJSON
import XCTest

final class PointerTests: XCTestCase {
    /// RFC 6901, section 5.
    func testPublishedExamplesNameThePublishedValues() throws {
        let document = try JSONValue.parse(
            #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#
        )
        let table: [(String, JSONValue)] = [
            ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1),
            ("/c%d", 2), ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7),
            ("/m~0n", 8),
        ]
        for (text, expected) in table {
            let pointer = try XCTUnwrap(JSONPointer(text), text)
            XCTAssertEqual(pointer.evaluate(document), expected, text)
            XCTAssertEqual(pointer.description, text)
        }
    }

    func testMalformedPointersAreRefused() {
        for text in ["a", "#/a", "/~", "/~2", "/a~", "/~01/~x"] {
            XCTAssertNil(JSONPointer(text), text)
        }
    }

    func testTildeIsUnescapedOnce() {
        XCTAssertEqual(JSONPointer("/~01")?.tokens, ["~1"])
        XCTAssertEqual(JSONPointer(tokens: ["~1", "/"]).description, "/~01/~1")
    }

    func testPointersToNothingNameNothing() throws {
        let document = try JSONValue.parse(#"{"a":[1,{"b":2}],"c":"text"}"#)
        for text in [
            "/x", "/a/2", "/a/-", "/a/01", "/a/+0", "/a/1/c", "/c/0", "/a/0/b",
            "/a/99999999999999999999",
        ] {
            XCTAssertNil(JSONPointer(text)?.evaluate(document), text)
        }
        XCTAssertEqual(
            JSONPointer().appending("a").appending(1).appending("b").evaluate(document), 2)
    }

    func testCombiningMarksDoNotHideASlash() {
        XCTAssertEqual(JSONPointer("/a/\u{301}b")?.tokens.count, 2)
    }
}
