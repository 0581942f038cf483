import RIGBytes
import RIGHTTP
import XCTest

final class WriterTests: XCTestCase {
    private func text(_ body: (ByteBuffer) -> Void) -> String {
        let buffer = ByteBuffer()
        body(buffer)
        return buffer.string(buffer.range)
    }

    func testAResponseHeadIsWritten() {
        let head = text { buffer in
            let head = HeadWriter(response: 428, to: buffer)
            head.field("Content-Type", "application/json" as StaticString)
            head.field("X-RIG-Correlation-Id", "a-b")
            head.end(contentBytes: 120)
        }
        XCTAssertEqual(
            head,
            "HTTP/1.1 428 Precondition Required\r\nContent-Type: application/json\r\n"
                + "X-RIG-Correlation-Id: a-b\r\nContent-Length: 120\r\n\r\n")
    }

    func testAValueCannotEndItsFieldEarly() {
        let head = text { buffer in
            let head = HeadWriter(response: 200, to: buffer)
            head.field("X-A", "a\r\nSet-Cookie: b\u{0}c\u{7F}")
            head.field("X-B", buffer, ByteRange(offset: 15, count: 4))
            head.end()
        }
        XCTAssertEqual(
            head, "HTTP/1.1 200 OK\r\nX-A: a??Set-Cookie: b?c?\r\nX-B: ??X-\r\n\r\n")
    }

    func testAChunkSaysItsSizeInHexadecimal() {
        for count in [1, 15, 16, 255, 256, 4096, 65_535, 1 << 20] {
            let content = ByteBuffer([UInt8](repeating: 0x61, count: count))
            let chunk = text { ChunkWriter.append(content, content.range, to: $0) }
            XCTAssertTrue(chunk.hasPrefix(String(count, radix: 16) + "\r\na"), "\(count)")
            XCTAssertTrue(chunk.hasSuffix("a\r\n"))
        }
        XCTAssertEqual(
            text { ChunkWriter.append($0, ByteRange(offset: 0, count: 0), to: $0) }, "")
    }

    func testAnEventOfManyLinesArrivesAsManyDataLines() {
        let data = ByteBuffer(Array("one\ntwo\r\nthree\rfour\n".utf8))
        let event = text {
            EventWriter.append(event: "a\nb", id: "1\r", data, data.range, to: $0)
        }
        XCTAssertEqual(
            event, "event: ab\nid: 1\ndata: one\ndata: two\ndata: three\ndata: four\ndata: \n\n")
    }

    func testDatesAreOfTheCalendar() {
        func date(_ seconds: Int64) -> String {
            text { HTTPDate.append(secondsSince1970: seconds, to: $0) }
        }
        XCTAssertEqual(date(0), "Thu, 01 Jan 1970 00:00:00 GMT")
        XCTAssertEqual(date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT")
        XCTAssertEqual(date(951_827_696), "Tue, 29 Feb 2000 12:34:56 GMT")
        XCTAssertEqual(date(1_795_219_199), "Fri, 20 Nov 2026 23:59:59 GMT")
        XCTAssertEqual(date(4_107_542_400), "Mon, 01 Mar 2100 00:00:00 GMT")
    }
}
