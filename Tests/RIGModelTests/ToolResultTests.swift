import RIGBytes
import RIGJSON
import XCTest

@testable import RIGModel

final class ToolResultTests: XCTestCase {
    func testASuccessForwardsTheOutputsBytesUntouched() throws {
        // Odd spacing, escapes and number forms that any rewriting would change.
        let output = #"{ "a" : 1.0e+2, "\u0062":[ 9007199254740993 ] , "c":"\/" }"#
        let frame = ByteBuffer(Array(#"{"ok":true,"output":\#(output)}"#.utf8))
        let start = #"{"ok":true,"output":"#.utf8.count
        let range = ByteRange(offset: start, count: output.utf8.count)
        let answer = ByteBuffer()
        let meta = ResultMeta(
            tool: "echo.say", pack: "rig-pack-echo", packVersion: "1.0.0", snapshot: "7",
            correlation: try XCTUnwrap(CorrelationID(given: "c-1")), attempts: 2,
            durationMicroseconds: 99, approvalID: "apr_1", isIdempotentReplay: true)

        ToolResult.appendSuccess(output: frame, range, meta: meta, to: answer)

        XCTAssertEqual(
            answer.string(answer.range),
            #"{"rtp":"1.0","ok":true,"output":\#(output),"meta":{"correlation_id":"c-1","#
                + #""tool":"echo.say","pack":"rig-pack-echo","pack_version":"1.0.0","#
                + #""snapshot":"7","attempts":2,"duration_us":99,"approval_id":"apr_1","#
                + #""idempotent_replay":true}}"#)
    }

    func testANameThatWasAskedForIsCutToWhatAnAnswerMayCarry() throws {
        let meta = ResultMeta(
            tool: String(repeating: "🙂", count: 5_000), snapshot: "1",
            correlation: CorrelationID(CallID(high: 0, low: 0)))
        let buffer = ByteBuffer()
        ToolResult.appendFailure(.toolNotFound(meta.tool), meta: meta, to: buffer)
        XCTAssertNoThrow(try ToolResult(decoding: try JSONValue.parse(buffer, buffer.range)))
        XCTAssertEqual(meta.tool.unicodeScalars.count, 128)
    }

    func testAnAnswerIsAppendedBehindWhatTheBufferHolds() throws {
        let buffer = ByteBuffer(Array("HTTP".utf8))
        let meta = ResultMeta(
            tool: "a\"b", snapshot: "1", correlation: CorrelationID(CallID(high: 0, low: 0)))
        ToolResult.appendFailure(.cancelled(), meta: meta, to: buffer)
        let text = buffer.string(buffer.range)
        XCTAssertTrue(text.hasPrefix("HTTP{"))
        let value = try JSONValue.parse(text.dropFirst(4).utf8)
        XCTAssertEqual(value["meta"]?["tool"], "a\"b")
        XCTAssertEqual(value["meta"]?["correlation_id"], "00000000000000000000000000")
        XCTAssertEqual(value["error"]?["type"], "cancelled")
    }
}
