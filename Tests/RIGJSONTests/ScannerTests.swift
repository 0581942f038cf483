import RIGBytes
import RIGJSON
import XCTest

/// What a walk over the scanner's positions relies on.
final class ScannerTests: XCTestCase {
    /// The offsets found and the `more` entries behind them.
    private func offsets(_ scanner: borrowing RIGJSON.Scanner, more: Int = 0) -> [Int] {
        var offsets: [Int] = []
        for index in 0..<scanner.count + more {
            offsets.append(Int(scanner.unsafePositions[index]))
        }
        return offsets
    }

    func testPositionsAreBracketsQuotesAndStartsOfScalars() throws {
        let buffer = ByteBuffer(Array(#"{"a": 12}"#.utf8))
        var scanner = RIGJSON.Scanner()
        try scanner.scan(buffer, buffer.range)
        let found = offsets(scanner)
        XCTAssertEqual(found, [0, 1, 3, 4, 6, 8])
    }

    func testLastCloserIsRepeatedAsOftenAsBracketsMayBeOpen() throws {
        // All but one bracket are still open when a walk has read the last position.
        let text = String(repeating: "[", count: 100) + "]"
        let buffer = ByteBuffer(Array(text.utf8))
        var scanner = RIGJSON.Scanner()
        try scanner.scan(buffer, buffer.range)
        let found = offsets(scanner, more: 101 + 6)
        XCTAssertEqual(found, Array(0...100) + Array(repeating: 100, count: 101 + 6))
    }

    func testScalarThatIsTheWholeTextIsFollowedBySpaces() throws {
        let buffer = ByteBuffer(Array("  1234".utf8))
        var scanner = RIGJSON.Scanner()
        try scanner.scan(buffer, ByteRange(offset: 1, count: 3))
        let found = offsets(scanner, more: 1)
        XCTAssertEqual(found, [1, 3])
        let text = Array(UnsafeBufferPointer(start: scanner.unsafeText, count: 6))
        XCTAssertEqual(text, Array(" 12   ".utf8))
    }

    func testOneScannerServesShortAndLongTextsInTurn() throws {
        var scanner = RIGJSON.Scanner(capacityBytes: 0)
        for count in [1, 300, 2, 70_000, 5] {
            let text = "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]"
            let buffer = ByteBuffer(Array(text.utf8))
            try scanner.scan(buffer, buffer.range)
            let found = scanner.count
            XCTAssertEqual(found, 2 * count + 1)
            let value = try scanner.document()
            XCTAssertEqual(value.array?.count, count)
        }
    }

    func testRefusedTextLeavesNoPositions() throws {
        let buffer = ByteBuffer(Array("[1,2]\"".utf8))
        var scanner = RIGJSON.Scanner()
        try scanner.scan(buffer, ByteRange(offset: 0, count: 5))
        let before = scanner.count
        XCTAssertEqual(before, 5)
        do {
            try scanner.scan(buffer, buffer.range)
            XCTFail("the text ends inside a string")
        } catch {
            XCTAssertEqual(error, JSONError(.unterminatedString, at: 5))
        }
        let after = scanner.count
        XCTAssertEqual(after, 0)
    }

    func testUnicodeEscapesAreReportedForTheTextThatHasThem() throws {
        let buffer = ByteBuffer(Array(#"["\u0041"]["a"]"#.utf8))
        var scanner = RIGJSON.Scanner()
        try scanner.scan(buffer, ByteRange(offset: 0, count: 10))
        let first = scanner.hasUnicodeEscapes
        XCTAssertTrue(first)
        try scanner.scan(buffer, ByteRange(offset: 10, count: 5))
        let second = scanner.hasUnicodeEscapes
        XCTAssertFalse(second)
    }

    func testValueInsideATextCanBeReadAlone() throws {
        let buffer = ByteBuffer(Array(#"{"type":"result","output":{"x":[1,2]}}"#.utf8))
        var scanner = RIGJSON.Scanner()
        try scanner.scan(buffer, buffer.range)
        let index = try XCTUnwrap(offsets(scanner).firstIndex(of: 26))
        let value = try scanner.value(at: index)
        XCTAssertEqual(value, ["x": [1, 2]])
    }

    func testFaultsInsideLongTextsAreFoundWhereTheyStand() {
        let padding = String(repeating: "\"abcdefg\",", count: 1000)
        let table: [(String, JSONFault)] = [
            ("\"\u{1}\"", .controlCharacter), (#""\q""#, .invalidEscape),
            (#""\u12""#, .invalidEscape),
            (#""\udc00""#, .loneSurrogate),
        ]
        for (bad, code) in table {
            let text = "[" + padding + bad + "]"
            XCTAssertThrowsError(try JSONValue.parse(text)) {
                let offset = 1 + padding.utf8.count + 1
                XCTAssertEqual($0 as? JSONError, JSONError(code, at: offset))
            }
        }
    }
}
