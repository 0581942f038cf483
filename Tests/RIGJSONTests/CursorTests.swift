import RIGBytes
import XCTest

@testable import RIGJSON

final class CursorTests: XCTestCase {
    private struct Frame: Equatable {
        var type: String?
        var id: Int64?
        var ok: Bool?
        var output: String?
    }

    private func read(_ text: String) -> Frame? {
        let buffer = ByteBuffer(text.utf8)
        var scanner = Scanner()
        do throws(JSONError) {
            try scanner.scan(buffer, buffer.range)
        } catch {
            return nil
        }
        var checker = Checker()
        var cursor = Cursor(scanner, buffer)
        var frame = Frame()
        while cursor.next() {
            if cursor.isKey("type") {
                frame.type = cursor.string()
            } else if cursor.isKey("id") {
                frame.id = cursor.int()
            } else if cursor.isKey("ok") {
                frame.ok = cursor.bool()
            } else if cursor.isKey("output") {
                frame.output = cursor.check(.any, &checker, scanner).map { buffer.string($0) }
            } else {
                cursor.check(.any, &checker, scanner)
            }
        }
        return cursor.isFinished ? frame : nil
    }

    func testFrameIsReadWithoutATree() {
        let frame = read(#"{"type":"result","id":7,"ok":true,"output":{"a" : [1, 2]} }"#)
        let wanted = Frame(type: "result", id: 7, ok: true, output: #"{"a" : [1, 2]}"#)
        XCTAssertEqual(frame, wanted)
    }

    func testKeysAreComparedAfterUnescaping() {
        XCTAssertEqual(read(#"{"\u0074ype":"r\u0065sult"}"#), Frame(type: "result"))
        XCTAssertNil(read(#"{"id":1,"\u0069d":2}"#))
        XCTAssertNil(read(#"{"x":1,"id":1,"x":2}"#))
    }

    func testFaultsAnywhereInTheEnvelopeAreRefused() {
        for text in [
            "[]", "1", "{", #"{"id":x}"#, #"{"id":1,}"#, #"{"id":1 "ok":true}"#, #"{"id":1}{}"#,
            #"{"x":[1,}}"#, #"{"x":01}"#, #"{"id":"7"}"#, #"{"ok":1}"#, #"{"id"}"#,
            #"{"output":{"a":1,"a":2}}"#, #"{"output":[[}"#, #"{"id":1.5}"#, #"{"ok":truex}"#,
            #"{"x":{"y":1}"#, #"{"type":"a" "b"}"#,
        ] { XCTAssertNil(read(text), text) }
    }

    func testUnreadValueFailsTheCursor() throws {
        let buffer = ByteBuffer(#"{"a":1,"b":2}"#.utf8)
        var scanner = Scanner()
        try scanner.scan(buffer, buffer.range)
        var cursor = Cursor(scanner, buffer)
        XCTAssertTrue(cursor.next())
        XCTAssertFalse(cursor.next())
        XCTAssertTrue(cursor.failed)
    }

    func testSkippedValueIsCheckedLaterWhereItStands() throws {
        let buffer = ByteBuffer(#"{"args":{"x":[1,{}]},"id":3}"#.utf8)
        var scanner = Scanner()
        try scanner.scan(buffer, buffer.range)
        var checker = Checker()
        var cursor = Cursor(scanner, buffer)
        XCTAssertTrue(cursor.next())
        let args = try XCTUnwrap(cursor.skipUnchecked())
        XCTAssertTrue(cursor.next())
        XCTAssertEqual(cursor.int(), 3)
        XCTAssertFalse(cursor.next())
        XCTAssertTrue(cursor.isFinished)
        XCTAssertEqual(buffer.string(args.range), #"{"x":[1,{}]}"#)
        XCTAssertEqual(checker.check(.any, scanner, buffer, at: args.index), args.indexBehind)
    }

    func testEnvelopeOfTooManyMembersIsRefused() {
        let members = (0..<65).map { "\"k\($0)\":0" }.joined(separator: ",")
        XCTAssertNil(read("{" + members + "}"))
    }
}
