import RIGBytes
import RIGHTTP
import XCTest

final class ResponseTests: XCTestCase {
    private func read(
        _ text: String, cut: Int? = nil, isOfHead: Bool = false
    ) throws -> (status: Int, body: String, keepsAlive: Bool) {
        let bytes = Array(text.utf8)
        let buffer = ByteBuffer()
        var reader = ResponseReader(isOfHead: isOfHead)
        for part in [bytes[..<(cut ?? 0)], bytes[(cut ?? 0)...]] {
            buffer.append(contentsOf: part)
            reading: while true {
                switch try reader.read(buffer) {
                case .needsMore, .complete: break reading
                case .head, .body: continue
                }
            }
        }
        try reader.finish()
        return (reader.status, buffer.string(reader.body), reader.keepsAlive)
    }

    func testBodiesOfEveryLengthAreReadAtEverySplit() throws {
        let cases: [(String, Int, String, Bool)] = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 428 \r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 428, "hello", true
            ),
            ("HTTP/1.1 200\r\nConnection: close\r\n\r\nhello", 200, "hello", false),
            ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "", true),
        ]
        for (text, status, body, keepsAlive) in cases {
            for cut in 0...text.utf8.count {
                let seen = try read(text, cut: cut)
                XCTAssertEqual(seen.status, status)
                XCTAssertEqual(seen.body, body, "\(text.debugDescription) at \(cut)")
                XCTAssertEqual(seen.keepsAlive, keepsAlive)
            }
        }
    }

    func testTheAnswerToHEADHasNoBody() throws {
        let seen = try read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", isOfHead: true)
        XCTAssertEqual(seen.body, "")
    }

    func testMalformedAndCutResponsesAreRefused() {
        let cases: [(String, HTTPFault)] = [
            ("HTTP/1.1 20 OK.\r\n\r\n", .badStatusLine), ("HTTP/1.1 2000\r\n\r\n", .badStatusLine),
            ("HTTX/1.1 200 OK\r\n\r\n", .badStatusLine), ("HTTP/1.1\r\n\r\n", .badStatusLine),
            ("HTTP/1.1 099 X\r\n\r\n", .badStatusLine),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .endedEarly),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .endedEarly),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", .endedEarly), ("", .endedEarly),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                .lengthAndEncoding
            ),
        ]
        for (text, fault) in cases {
            XCTAssertThrowsError(try read(text), text) { XCTAssertEqual($0 as? HTTPFault, fault) }
        }
    }
}
