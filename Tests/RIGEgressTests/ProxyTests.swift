import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import XCTest

@testable import RIGEgress

final class ProxyTests: XCTestCase {
    override class func setUp() { EventLoop.startOnThread() }

    private func ask(_ bench: Bench, _ request: String) async throws -> String {
        let port = bench.ports[0]
        return try await blocking {
            let client = try Client(port: port)
            try client.send(request)
            return client.text()
        }
    }

    func testConnectOpensATunnelToAGrantedName() async throws {
        let peer = try Peer.echo()
        let bench = try await Bench.make(
            ["*.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]])
        let (port, target) = (bench.ports[0], "api.example.com:\(peer.port)")
        let text = try await blocking {
            let client = try Client(port: port)
            // The first bytes of the tunnel may come with its request.
            try client.send("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\nearly,")
            try client.send("late")
            try client.finish()
            return client.text()
        }
        XCTAssertEqual(text, "HTTP/1.1 200 Connection Established\r\n\r\nearly,late")
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(nil))
        XCTAssertEqual(end.way, .proxy)
        XCTAssertEqual(end.host, "api.example.com")
        await bench.door.close()
    }

    func testWhatIsNotGrantedIsRefusedByName() async throws {
        let bench = try await Bench.make(["*.example.com:443"])
        let cases = [
            ("CONNECT evil.org:443 HTTP/1.1\r\nHost: evil.org:443\r\n\r\n", "not_granted"),
            ("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", "not_granted"),
            ("CONNECT a.example.com:80 HTTP/1.1\r\nHost: a.example.com:80\r\n\r\n", "not_granted"),
            ("CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n", "not_granted"),
            ("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", "not_granted"),
            ("CONNECT 127.1:443 HTTP/1.1\r\nHost: 127.1:443\r\n\r\n", "bad_host"),
            ("CONNECT 2130706433:443 HTTP/1.1\r\nHost: 2130706433:443\r\n\r\n", "bad_host"),
            (
                "GET http://169.254.169.254/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n",
                "not_granted"
            ),
            ("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n", "bad_request"),
            ("GET https://a.example.com/ HTTP/1.1\r\nHost: a.example.com\r\n\r\n", "bad_request"),
            ("\u{16}\u{3}\u{1}garbage\r\n\r\n", "bad_request"),
            ("GET http://a.example.com/ HTTP/1.1\r\nHost: b.example.com\r\n\r\n", "bad_request"),
        ]
        for (index, (request, reason)) in cases.enumerated() {
            let answer = try await ask(bench, request)
            XCTAssertTrue(
                answer.contains("\r\nX-RIG-Egress: \(reason)\r\n"), "\(request) \(answer)")
            await bench.wait { $0.count == index + 1 }
            let end = await bench.end()
            XCTAssertEqual(end.phase, .refused(try XCTUnwrap(EgressReason(rawValue: reason))))
        }
        await bench.door.close()
    }

    func testAWildcardNameThatLeadsInsideIsRefused() async throws {
        let bench = try await Bench.make(
            ["*.example.com:443"],
            names: ["meta.example.com": ["169.254.169.254", "10.0.0.1", "::1"]])
        let answer = try await ask(
            bench, "CONNECT meta.example.com:443 HTTP/1.1\r\nHost: meta.example.com:443\r\n\r\n")
        XCTAssertTrue(answer.hasPrefix("HTTP/1.1 403 "), answer)
        XCTAssertTrue(answer.contains("address_refused"))
        await bench.door.close()
    }

    func testAPlainRequestIsMadeAServersAndCutToItsLength() async throws {
        let peer = try Peer { fd in
            // Answers with what it was asked.
            var seen: [UInt8] = []
            var room = [UInt8](repeating: 0, count: 4096)
            while !String(decoding: seen, as: UTF8.self).hasSuffix("12345"),
                case .bytes(let count)? = try? Transmit.read(fd, into: &room)
            { seen += room[..<count] }
            try? Transmit.writeAll(fd, Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + seen)
        }
        let bench = try await Bench.make(
            ["127.0.0.1:\(peer.port)"])
        let host = "127.0.0.1:\(peer.port)"
        let answer = try await ask(
            bench,
            "POST http://\(host)/p?q=1 HTTP/1.1\r\nHost: \(host)\r\nProxy-Connection: keep-alive\r\n"
                + "Proxy-Authorization: Basic eDp5\r\nX-Own: yes\r\nContent-Length: 5\r\n\r\n12345"
                + "GET http://other.example.com/ HTTP/1.1\r\nHost: other.example.com\r\n\r\n")
        XCTAssertEqual(
            answer,
            "HTTP/1.1 200 OK\r\n\r\nPOST /p?q=1 HTTP/1.1\r\nHost: \(host)\r\nX-Own: yes\r\n"
                + "Content-Length: 5\r\nConnection: close\r\n\r\n12345")
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(nil))
        await bench.door.close()
    }

    func testAPlaceholderInAPlainRequestIsRecorded() async throws {
        let peer = try Peer { fd in
            var room = [UInt8](repeating: 0, count: 4096)
            _ = try? Transmit.read(fd, into: &room)
            try? Transmit.writeAll(fd, Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        }
        let bench = try await Bench.make(["127.0.0.1:\(peer.port)"])
        let host = "127.0.0.1:\(peer.port)"
        _ = try await ask(
            bench,
            "GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n"
                + "Authorization: Bearer rig-secret-placeholder-token\r\n\r\n")
        let end = await bench.end()
        XCTAssertTrue(end.showsPlaceholder)
        await bench.door.close()
    }

    func testAClientThatSaysNothingIsNotWaitedForLong() async throws {
        var limits = EgressLimits()
        limits.headMilliseconds = 20
        let bench = try await Bench.make(["*.example.com:443"], limits: limits)
        let answer = try await ask(bench, "CONNECT a.exam")
        XCTAssertTrue(answer.hasPrefix("HTTP/1.1 504 "), answer)
        await bench.door.close()
    }

    func testAHeadWithoutEndIsRefused() async throws {
        let bench = try await Bench.make(["*.example.com:443"])
        let long = String(repeating: "X-A: b\r\n", count: 20_000)
        let port = bench.ports[0]
        let answer = try await blocking {
            let client = try Client(port: port)
            _ = try? client.send("CONNECT a.example.com:443 HTTP/1.1\r\n" + long)
            return client.text()
        }
        XCTAssertFalse(answer.contains(" 200 "))
        let end = await bench.end()
        XCTAssertEqual(end.phase, .refused(.badRequest))
        await bench.door.close()
    }

    func testAttemptsArePacedSoThatEachIsRecorded() async throws {
        var limits = EgressLimits()
        limits.attemptsPerSecond = 3
        let bench = try await Bench.make(["*.example.com:443"], limits: limits)
        for _ in 0..<4 {
            _ = try await ask(bench, "CONNECT e.org:443 HTTP/1.1\r\nHost: e.org:443\r\n\r\n")
        }
        let events = await bench.events
        XCTAssertEqual(events.count, 4)
        await bench.door.close()
    }

    func testAMarkerIsFoundHoweverItIsCut() {
        let text = Array("x rig-secrig-secret-placeholder-token y".utf8)
        for cut in 0...text.count {
            var marker = PlaceholderMarker()
            for part in [Array(text[..<cut]), Array(text[cut...])] {
                let buffer = ByteBuffer(part)
                marker.look(buffer, buffer.range)
            }
            XCTAssertTrue(marker.isFound, "\(cut)")
        }
        var marker = PlaceholderMarker()
        let buffer = ByteBuffer("rig-secret-placeholder rig-secret-place".utf8)
        marker.look(buffer, buffer.range)
        XCTAssertFalse(marker.isFound)
    }
}
