import CAllocationCount
import RIGBytes
import RIGHTTP
import XCTest

final class ReadingTests: XCTestCase {
    /// Requests of every shape, one behind the other.
    static let stream =
        "\r\nGET /v1/tools?x=%41&y HTTP/1.1\r\nHost: localhost:8741\r\nX-A:1\r\nX-B: \t two \t\r\n"
        + "X-Empty:\r\n\r\n"
        + post("Content-Length: 5", body: "hello")
        + post(
            "transfer-ENCODING:  Chunked ",
            body: "5\r\nhello\r\n00001;a=\"b\"\r\n,\r\nA\r\n wide worl\r\n0\r\nX-T: 1\r\n\r\n")
        + "POST http://h:80/p HTTP/1.1\r\nHost: H\r\nContent-Length: 0\r\n\r\n"
        + "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n"
        + "OPTIONS * HTTP/1.1\r\nHost: [::1]:8741\r\nConnection: foo, ,close\r\n\r\n"

    func testAStreamOfRequestsIsReadInOrder() {
        let seen = requests(Self.stream)
        XCTAssertEqual(
            seen,
            [
                .request(
                    method: "GET", target: "/v1/tools?x=%41&y",
                    fields: ["Host=localhost:8741", "X-A=1", "X-B=two", "X-Empty="], body: "",
                    keepsAlive: true),
                .request(
                    method: "POST", target: "/a", fields: ["Host=h", "Content-Length=5"],
                    body: "hello", keepsAlive: true),
                .request(
                    method: "POST", target: "/a", fields: ["Host=h", "transfer-ENCODING=Chunked"],
                    body: "hello, wide worl", keepsAlive: true),
                .request(
                    method: "POST", target: "http://h:80/p",
                    fields: ["Host=H", "Content-Length=0"],
                    body: "", keepsAlive: true),
                .request(
                    method: "CONNECT", target: "api.example.com:443",
                    fields: ["Host=api.example.com:443"], body: "", keepsAlive: true),
                .request(
                    method: "OPTIONS", target: "*",
                    fields: ["Host=[::1]:8741", "Connection=foo, ,close"], body: "",
                    keepsAlive: false),
            ])
    }

    func testEverySplitOfTheStreamReadsTheSame() {
        let bytes = Array(Self.stream.utf8)
        let whole = requests(bytes)
        for cut in 0...bytes.count {
            XCTAssertEqual(requests(bytes, cuts: [cut]), whole, "cut at \(cut)")
        }
        XCTAssertEqual(requests(bytes, cuts: Array(0...bytes.count)), whole, "byte by byte")
    }

    func testRequestsThatStayInTheBufferAreReadTheSame() throws {
        let buffer = ByteBuffer(Array(Self.stream.utf8))
        var reader = RequestReader()
        var seen: [Seen] = []
        while reader.isIdle(buffer.count) == false {
            XCTAssertEqual(try reader.read(buffer), .head)
            XCTAssertEqual(try reader.read(buffer), .complete)
            seen.append(.request(reader, buffer))
            reader.next(at: reader.end)
        }
        XCTAssertEqual(seen, requests(Self.stream))
    }

    func testTheTargetIsTakenApart() throws {
        let buffer = ByteBuffer(
            Array("GET HTTPS://Api.example.com:8443/a/b?c=d?e HTTP/1.1\r\n".utf8)
                + Array("Host: api.example.com:8443\r\n\r\n".utf8))
        var reader = RequestReader()
        XCTAssertEqual(try reader.read(buffer), .head)
        let target = reader.head.target
        XCTAssertEqual(target.form, .absolute)
        XCTAssertTrue(target.isSecure)
        XCTAssertEqual(buffer.string(target.path), "/a/b")
        XCTAssertEqual(target.query.map(buffer.string), "c=d?e")
        XCTAssertEqual(reader.head.host?.port, 8443)
        XCTAssertEqual(reader.head.host.map { buffer.string($0.host) }, "Api.example.com")
        XCTAssertEqual(reader.head.host, target.authority)
    }

    func testWhoSpeaksOneDotZeroIsClosedUnlessItAsks() {
        let old = requests("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
        guard case .request(_, _, _, _, let first) = old[0],
            case .request(_, _, _, _, let second) = old[1]
        else { return XCTFail("\(old)") }
        XCTAssertFalse(first)
        XCTAssertTrue(second)
    }

    func testAClientThatWaitsForContinueIsNoticed() throws {
        func expects(_ text: String) throws -> Bool {
            var reader = RequestReader()
            XCTAssertEqual(try reader.read(ByteBuffer(Array(text.utf8))), .head)
            return reader.head.expectsContinue
        }
        XCTAssertTrue(try expects(post("Expect: 100-Continue", "Content-Length: 1")))
        XCTAssertFalse(try expects(post("Expect: 100-continue")))
        XCTAssertFalse(
            try expects("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"))
    }

    func testAFieldIsFoundWhateverItsCaseAndItsRepetitionIsSaid() throws {
        let buffer = ByteBuffer(Array(get("X-Rig-A: 1", "x-b: 2", "X-B: 3").utf8))
        var reader = RequestReader()
        XCTAssertEqual(try reader.read(buffer), .head)
        guard case .one(let range) = reader.head.fields.find("x-rig-a", in: buffer) else {
            return XCTFail("not found")
        }
        XCTAssertEqual(buffer.string(range), "1")
        XCTAssertEqual(reader.head.fields.find("x-b", in: buffer), .repeated)
        XCTAssertEqual(reader.head.fields.find("x-rig-", in: buffer), .none)
    }

    func testAReaderThatIsWarmAllocatesNothing() throws {
        let buffer = ByteBuffer(Array(Self.stream.utf8))
        var reader = RequestReader()
        func readAll() throws -> Int {
            var count = 0
            while !reader.isIdle(buffer.count) {
                while try reader.read(buffer) != .complete {}
                reader.next(at: reader.end)
                count += 1
            }
            return count
        }
        XCTAssertEqual(try readAll(), 6)
        buffer.removeAll()
        buffer.append(Self.stream)
        reader.next(at: 0)
        let before = rig_allocation_count()
        let count = try readAll()
        let allocated = rig_allocation_count() - before
        XCTAssertEqual(count, 6)
        XCTAssertEqual(allocated, 0)
    }
}
