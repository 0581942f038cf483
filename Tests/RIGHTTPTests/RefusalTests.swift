import RIGBytes
import RIGHTTP
import XCTest

/// What two readers could understand differently is refused, and says what it is refused for.
final class RefusalTests: XCTestCase {
    private func assert(
        _ text: String, _ fault: HTTPFault, _ line: UInt = #line
    ) {
        XCTAssertEqual(requests(text), [.fault(fault)], text.debugDescription, line: line)
    }

    func testLinesEndWithCRLFAndHaveNoOtherControls() {
        assert("GET / HTTP/1.1\nHost: h\n\n", .bareLineFeed)
        assert("GET / HTTP/1.1\r\nHost: h\n\r\n", .bareLineFeed)
        assert("GET / HTTP/1.1\r\nHost: h\r\n\n", .bareLineFeed)
        assert("GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", .bareCarriageReturn)
        assert("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", .bareCarriageReturn)
        assert("GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", .controlCharacter)
        assert("GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n", .controlCharacter)
        assert("GET / HTTP/1.1\r\nHost: h\r\nX: a\u{B}b\r\n\r\n", .controlCharacter)
        assert("GET / HTTP/1.1\r\nHost: h\r\nX: \u{7F}\r\n\r\n", .controlCharacter)
        assert("\r\n\r\nGET / HTTP/1.1\r\n", .badRequestLine)
    }

    func testARequestLineHasThreePartsAndSingleSpaces() {
        for line in ["GET", "GET /", "GET\t/ HTTP/1.1"] {
            assert(line + "\r\n\r\n", .badRequestLine)
        }
        assert("GET  / HTTP/1.1\r\n\r\n", .badVersion)
        assert("GET /  HTTP/1.1\r\n\r\n", .badVersion)
        assert("GET / HTTP/1.1 \r\n\r\n", .badVersion)
        assert(" GET / HTTP/1.1\r\n\r\n", .badMethod)
        assert("G(T / HTTP/1.1\r\n\r\n", .badMethod)
        assert(String(repeating: "A", count: 33) + " / HTTP/1.1\r\n\r\n", .badMethod)
        for version in ["HTTP/1", "HTTP/1.1x", "http/1.1", "HTTP/1,1", "HTTP/11.1", "HTTP/+.1"] {
            assert("GET / \(version)\r\n\r\n", .badVersion)
        }
        for version in ["HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.0"] {
            assert("GET / \(version)\r\n\r\n", .unsupportedVersion)
        }
        assert("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion)
    }

    func testATargetIsOneOfTheFourForms() {
        let bad = [
            "a", "a/b", "/a#b", "/%", "/%2", "/%zz", "/\u{e4}", "/a\"b", "/{}", "/a\\b", "/^", "/|",
            "//\u{80}", "*", "ftp://h/", "http:/h", "http://", "http:///a", "http://u@h/",
            "http://h:99999/", "http://h:/", "http://[::1/", "http://h\\@g/", "h:80", "http://[]/",
        ]
        for target in bad {
            assert("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n", .badTarget)
        }
        for target in ["/", "h", "h:", "h:0x50", "h:80/", "http://h:80", "*", "u@h:80", ":80"] {
            assert("CONNECT \(target) HTTP/1.1\r\nHost: h\r\n\r\n", .badTarget)
        }
    }

    func testAFieldIsATokenAColonAndAValueOnOneLine() {
        assert(get("X : y"), .spaceBeforeColon)
        assert(get("X\t: y"), .spaceBeforeColon)
        assert(get("Content-Length : 5"), .spaceBeforeColon)
        assert(get("X: y", " folded"), .obsoleteFold)
        assert(get("X: y", "\tfolded"), .obsoleteFold)
        assert("GET / HTTP/1.1\r\n Host: h\r\n\r\n", .obsoleteFold)
        assert(get(": y"), .badFieldName)
        assert(get("X"), .badFieldName)
        assert(get("X(: y"), .badFieldName)
        assert(get("X\u{e4}: y"), .badFieldName)
        assert(get("\"X\": y"), .badFieldName)
        assert(get("Connection: a b"), .badConnection)
        assert(get("Connection: close;x"), .badConnection)
    }

    func testThereIsOneWellFormedHost() {
        assert("GET / HTTP/1.1\r\n\r\n", .hostMissing)
        assert("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .hostRepeated)
        assert("GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", .hostRepeated)
        for host in ["", "a b", "a,b", "a/b", "u@a", "a:b", "a:", "a:80:80", "[::1", "a:-1", "a#"] {
            assert("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", .badHost)
        }
        assert("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", .hostConflict)
        assert("GET http://a:1/ HTTP/1.1\r\nHost: a:2\r\n\r\n", .hostConflict)
    }

    func testALengthIsANumberThatStandsOnce() {
        for value in [
            "", "a", "-1", "+5", "5 5", "0x5", "5,5", "5, 5", "1e1", "5.0", "\u{0665}", "5;",
            "9999999999999999999", "99999999999999999999999999999999999999",
        ] { assert(post("Content-Length: \(value)", body: "hello"), .badContentLength) }
        assert(
            post("Content-Length: 5", "Content-Length: 5", body: "hello"), .contentLengthRepeated)
        assert(
            post("Content-Length: 5", "Content-length: 6", body: "hello"), .contentLengthRepeated)
    }

    func testOnlyChunkedByItselfIsATransferEncoding() {
        let body = "0\r\n\r\n"
        assert(
            post("Content-Length: 5", "Transfer-Encoding: chunked", body: body),
            .lengthAndEncoding)
        assert(
            post("Transfer-Encoding: chunked", "Content-Length: 5", body: body),
            .lengthAndEncoding)
        assert(
            post("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body: body),
            .encodingRepeated)
        assert(
            post("Transfer-Encoding: x", "Content-Length: 5", body: body), .lengthAndEncoding)
        for value in [
            "", "chunked, chunked", "identity, chunked", "chunked;q=1", "\"chunked\"", ",chunked",
            "chunked,", "gzip, chunked", "ch\u{e4}nked",
        ] { assert(post("Transfer-Encoding: \(value)", body: body), .badEncoding) }
        for value in ["identity", "gzip", "xchunked", "chunkedx", "chun-ked"] {
            assert(post("Transfer-Encoding: \(value)", body: body), .unsupportedEncoding)
        }
        assert(post("Transfer-Encoding : chunked", body: body), .spaceBeforeColon)
        assert(post("Transfer-Encoding: \u{B}chunked", body: body), .controlCharacter)
        assert(post("X: y", " Transfer-Encoding: chunked", body: body), .obsoleteFold)
        assert("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .encodingInOldVersion)
    }

    func testAChunkIsAHexadecimalSizeContentAndCRLF() {
        func chunked(_ body: String, _ fault: HTTPFault, _ line: UInt = #line) {
            assert(post("Transfer-Encoding: chunked", body: body), fault, line)
        }
        for size in ["", " 5", "5 ", "5 ;a", "0x5", "+5", "-5", "g", "5,", "\u{ff15}", "5\t"] {
            chunked("\(size)\r\nhello\r\n0\r\n\r\n", .badChunkSize)
        }
        chunked("5\nhello\r\n0\r\n\r\n", .bareLineFeed)
        chunked("5\r\nhello\n0\r\n\r\n", .badChunkEnd)
        chunked("5\r\nhello0\r\n\r\n", .badChunkEnd)
        chunked("4\r\nhello\r\n0\r\n\r\n", .badChunkEnd)
        chunked("5\r\nhello\rX0\r\n\r\n", .badChunkEnd)
        chunked("5;a\nb\r\nhello\r\n0\r\n\r\n", .bareLineFeed)
        chunked("5;a\rb\r\nhello\r\n0\r\n\r\n", .bareCarriageReturn)
        chunked("5;\u{e4}\r\nhello\r\n0\r\n\r\n", .badChunkExtension)
        chunked("10000000000000005\r\nhello\r\n0\r\n\r\n", .badChunkSize)
        chunked("ffffffffffffffff\r\nhello\r\n0\r\n\r\n", .bodyTooLarge)
        chunked("7fffffffffffffff\r\nhello\r\n0\r\n\r\n", .bodyTooLarge)
        chunked("0\r\n\n", .bareLineFeed)
        chunked("0\r\nX y\r\n\r\n", .badTrailer)
        chunked("0\r\nX : y\r\n\r\n", .badTrailer)
        chunked("0\r\n folded\r\n\r\n", .badTrailer)
        chunked("0\r\nGET /b HTTP/1.1\r\n\r\n", .badTrailer)
    }

    func testCONNECTHasNoBody() {
        assert(
            "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\nContent-Length: 4\r\n\r\nGET ",
            .bodyOfConnect)
        assert(
            "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\nTransfer-Encoding: chunked\r\n\r\n",
            .bodyOfConnect)
    }

    func testOnlyContinueCanBeExpected() {
        assert(post("Expect: 200-ok", "Content-Length: 1"), .unknownExpectation)
        assert(post("Expect: 100-continue", "Expect: 100-continue"), .unknownExpectation)
    }

    func testLimitsHoldToTheByte() {
        var limits = HTTPLimits()
        limits.requestLineBytesMax = "GET /aaaa HTTP/1.1".utf8.count
        let fits = "GET /aaaa HTTP/1.1\r\nHost: h\r\n\r\n"
        XCTAssertEqual(requests(fits, limits).count, 1)
        XCTAssertEqual(
            requests("GET /aaaaa HTTP/1.1\r\nHost: h\r\n\r\n", limits),
            [.fault(.requestLineTooLong)])

        limits = HTTPLimits()
        limits.headBytesMax = fits.utf8.count
        XCTAssertNotEqual(requests(fits, limits), [.fault(.headTooLarge)])
        limits.headBytesMax = fits.utf8.count - 1
        XCTAssertEqual(requests(fits, limits), [.fault(.headTooLarge)])

        limits = HTTPLimits()
        limits.fieldCountMax = 2
        XCTAssertEqual(requests(get("X: y"), limits).count, 1)
        XCTAssertEqual(requests(get("X: y", "X: y"), limits), [.fault(.tooManyFields)])

        limits = HTTPLimits()
        limits.bodyBytesMax = 5
        XCTAssertEqual(
            requests(post("Content-Length: 6", body: "123456"), limits), [.fault(.bodyTooLarge)])
        let chunked = "Transfer-Encoding: chunked"
        XCTAssertNotEqual(
            requests(post(chunked, body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), limits),
            [.fault(.bodyTooLarge)])
        XCTAssertEqual(
            requests(post(chunked, body: "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"), limits),
            [.fault(.bodyTooLarge)])

        limits = HTTPLimits()
        limits.chunkFramingBytesMax = 100
        let tiny = String(repeating: "1;aaaaaaaaaaaaaa\r\nx\r\n", count: 6)
        XCTAssertEqual(
            requests(post(chunked, body: tiny + "0\r\n\r\n"), limits), [.fault(.tooMuchFraming)])
        limits = HTTPLimits()
        limits.headBytesMax = 100
        let trailers = String(repeating: "X: yyyyyyyyyyyyyyyy\r\n", count: 6)
        XCTAssertEqual(
            requests(post(chunked, body: "0\r\n" + trailers + "\r\n"), limits),
            [.fault(.headTooLarge)])
    }

    func testEveryFaultHasAStatusOfAnErrorAndWords() {
        for fault in HTTPFault.allCases {
            XCTAssertTrue((400..<600).contains(fault.status), "\(fault)")
            XCTAssertGreaterThan("\(fault.text)".count, 10, "\(fault)")
        }
    }
}
