import RIGBytes
import RIGHTTP
import RIGModel
import XCTest

@testable import RIGEgress

final class SecretRequestTests: XCTestCase {
    private func secret(
        _ placement: EgressSecret.Placement, value: String = "s3cr3t-value", slot: String = "token"
    ) throws -> EgressSecret {
        EgressSecret(
            slot: slot, host: try XCTUnwrap(NetTarget("api.example.com:443")),
            placement: placement, value: value)
    }

    private func sent(
        _ request: String, _ secrets: [EgressSecret], upstream: String = "api.example.com:443"
    ) throws -> (text: String, showsPlaceholder: Bool) {
        let input = ByteBuffer(request.utf8)
        var reader = RequestReader()
        while try reader.read(input) != .complete {}
        let output = ByteBuffer()
        let made = SecretRequest(
            reader.head, body: reader.body, of: input, to: try XCTUnwrap(NetTarget(upstream)),
            secrets, output: output)
        return (output.string(output.range), made.showsPlaceholder)
    }

    func testAHeaderIsPutInTheValuesPlace() throws {
        let bearer = try secret(.header(name: "Authorization", prefix: "Bearer ", suffix: ""))
        let (text, shows) = try sent(
            "GET /a?b=1 HTTP/1.1\r\nHost: evil.org\r\nX-Own: yes\r\nConnection: keep-alive\r\n"
                + "authorization: Bearer rig-secret-placeholder-token\r\nAccept-Encoding: gzip\r\n\r\n",
            [bearer])
        XCTAssertEqual(
            text,
            "GET /a?b=1 HTTP/1.1\r\nHost: api.example.com\r\nX-Own: yes\r\n"
                + "Authorization: Bearer s3cr3t-value\r\nAccept-Encoding: identity\r\n"
                + "Connection: close\r\n\r\n")
        XCTAssertFalse(shows)
    }

    func testAParameterIsPutInTheQueryOnceAndEncoded() throws {
        let key = try secret(.query(name: "key"), value: "a b&c=d/é%")
        for query in ["", "?key=rig-secret-placeholder-token", "?%6bey=x&key=y"] {
            let (text, shows) = try sent("GET /p\(query) HTTP/1.1\r\nHost: h\r\n\r\n", [key])
            XCTAssertTrue(
                text.hasPrefix("GET /p?key=a%20b%26c%3Dd%2F%C3%A9%25 HTTP/1.1\r\n"), text)
            XCTAssertFalse(shows)
        }
        let (text, _) = try sent("GET /p?a=1&monkey=2 HTTP/1.1\r\nHost: h\r\n\r\n", [key])
        XCTAssertTrue(text.hasPrefix("GET /p?a=1&monkey=2&key=a%20b"), text)
    }

    func testBasicIsBase64() throws {
        for (value, encoded) in [
            ("user:pass", "dXNlcjpwYXNz"), ("user:pas", "dXNlcjpwYXM="),
            ("user:pa", "dXNlcjpwYQ=="),
        ] {
            let (text, _) = try sent(
                "GET / HTTP/1.1\r\nHost: h\r\n\r\n", [try secret(.basic, value: value)])
            XCTAssertTrue(text.contains("\r\nAuthorization: Basic \(encoded)\r\n"), text)
        }
    }

    func testThePlaceholderElsewhereStaysAndIsSeen() throws {
        let bearer = try secret(.header(name: "Authorization", prefix: "Bearer ", suffix: ""))
        for request in [
            "GET /rig-secret-placeholder-token HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX-Key: rig-secret-placeholder-token\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 28\r\n\r\nrig-secret-placeholder-token",
        ] {
            let (text, shows) = try sent(request, [bearer])
            XCTAssertTrue(shows, request)
            XCTAssertTrue(text.contains("rig-secret-placeholder-token"))
            XCTAssertEqual(text.components(separatedBy: "s3cr3t-value").count, 2)
        }
    }

    func testABodyKeepsItsBytesAndGetsItsLength() throws {
        let bearer = try secret(.header(name: "X-Key", prefix: "", suffix: ""))
        let (text, _) = try sent(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            [bearer])
        XCTAssertTrue(text.hasSuffix("Content-Length: 5\r\n\r\nabcde"), text)
        XCTAssertFalse(text.lowercased().contains("transfer-encoding"))
    }

    func testAnotherPortStandsInTheHostField() throws {
        let (text, _) = try sent(
            "GET http://api.example.com/x HTTP/1.1\r\nHost: api.example.com\r\n\r\n", [],
            upstream: "api.example.com:8443")
        XCTAssertTrue(
            text.hasPrefix("GET /x HTTP/1.1\r\nHost: api.example.com:8443\r\n"), text)
    }

    // Answers

    private func answer(
        _ parts: [String], isOfHead: Bool = false, minorVersion: Int = 1, ends: Bool = true
    ) throws -> String {
        var response = SecretResponse(
            [try secret(.query(name: "k"))],
            upstream: "api.example.com", isOfHead: isOfHead, minorVersion: minorVersion)
        let output = ByteBuffer()
        for part in parts where !response.isOver {
            let bytes = ByteBuffer(part.utf8)
            try response.feed(bytes, bytes.range, to: output)
        }
        if ends, !response.isOver { try response.finish(to: output) }
        return output.string(output.range)
    }

    func testAValueIsCutOutHoweverItIsCutUp() throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-E: s3cr3t-value\r\n\r\n"
            + "before s3cr3t-value after"
        for size in [1, 2, 3, 7, 1000] {
            var parts: [String] = []
            var rest = Substring(text)
            while !rest.isEmpty {
                parts.append(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            let out = try answer(parts, minorVersion: 0)
            XCTAssertTrue(out.hasSuffix("\r\n\r\nbefore [secret:token] after"), out)
            XCTAssertTrue(out.contains("\r\nX-E: [secret:token]\r\n"), out)
            XCTAssertFalse(out.contains("s3cr3t-value"))
        }
    }

    /// Whatever stands around it and wherever the portions end.
    func testAValueInTheMiddleOfMuchIsFoundInAnyPortions() throws {
        let filler = String(repeating: "0123456789 s3cr3t-val s3cr3t ", count: 100)
        let body = filler + "s3cr3t-value" + filler + "s3cr3t%2Dvalue" + filler
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
        for size in [1, 61, 997, 4096, 100_000] {
            var parts = [head]
            var rest = Substring(body)
            while !rest.isEmpty {
                parts.append(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            let out = try answer(parts, minorVersion: 0)
            XCTAssertTrue(
                out.hasSuffix(filler + "[secret:token]" + filler + "[secret:token]" + filler),
                "\(size)")
        }
    }

    func testJSONIsSearchedByWhatItMeans() throws {
        let body = #"{"a": "\u0073\u0033cr3t-value"}"#
        let out = try answer([
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n", String(body.prefix(9)),
            String(body.dropFirst(9)),
        ])
        XCTAssertTrue(out.contains(#"{"a": "[secret:token]"}"#), out)
        XCTAssertFalse(out.contains("\\u0073"))
        XCTAssertTrue(out.hasSuffix("\r\n0\r\n\r\n"), out)
    }

    func testWhatCannotBeSearchedIsNotBroughtBack() {
        XCTAssertThrowsError(
            try answer(["HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"]
            )
        ) { XCTAssertEqual($0 as? EgressReason, .notScrubbable) }
        XCTAssertThrowsError(try answer(["HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"])) {
            XCTAssertEqual($0 as? EgressReason, .upstreamMalformed)
        }
    }

    func testAnAnswerThatIsCutShortIsAFailure() {
        XCTAssertThrowsError(
            try answer(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
        ) { XCTAssertEqual($0 as? EgressReason, .upstreamMalformed) }
        XCTAssertThrowsError(
            try answer(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"]))
        XCTAssertThrowsError(try answer(["SSH-2.0-x\r\n"]))
    }

    func testAnAnswerWithoutBodyIsOverAtItsHead() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Type: application/json\r\n\r\n"
        XCTAssertEqual(
            try answer([head], isOfHead: true, ends: false),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
        XCTAssertEqual(
            try answer(["HTTP/1.1 204 No Content\r\n\r\n"], ends: false),
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    }

    func testARedirectToTheSameHostLeadsBackToTheSidecar() throws {
        for (location, expected) in [
            ("https://api.example.com/next?a=1", "http://api.example.com/next?a=1"),
            ("https://API.example.com", "http://api.example.com"),
            ("https://api.example.com.evil.org/", "https://api.example.com.evil.org/"),
            ("https://other.example.com/", "https://other.example.com/"), ("/here", "/here"),
        ] {
            let out = try answer([
                "HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"
            ])
            XCTAssertTrue(out.contains("\r\nLocation: \(expected)\r\n"), out)
        }
    }
}
