import Foundation
import RIGLinux
import RIGLoop
import RIGModel
import RIGTestSupport
import XCTest

@testable import RIGEgress

/// The real rig-egress, an HTTPS server with an authority of the test's own, ordinary sockets.
final class SecretCourierTests: XCTestCase {
    override class func setUp() { EventLoop.startOnThread() }

    private static let value = "tk-4f9a1c77e0b2"
    private static let hex = value.utf8.map { String(format: "%02X", $0) }.joined()

    private static var program: String {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/" {
            let path = folder.appendingPathComponent("rig-egress").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
            folder.deleteLastPathComponent()
        }
        return "rig-egress"
    }

    private func bench(
        _ peer: TLSPeer, trusting authority: String? = nil,
        placement: EgressSecret.Placement = .header(
            name: "Authorization", prefix: "Bearer ", suffix: ""),
        host: String = "api.example.com", net: [String] = [], limits: EgressLimits = EgressLimits()
    ) async throws -> Bench {
        let courier = await SecretCourier(
            program: Self.program, environment: ["SSL_CERT_FILE": authority ?? peer.authority])
        let secret = EgressSecret(
            slot: "token", host: try XCTUnwrap(NetTarget("\(host):\(peer.port)")),
            placement: placement, value: Self.value)
        return try await Bench.make(
            ["127.0.0.1:\(peer.port)"] + net, secrets: [secret],
            names: ["api.example.com": ["127.0.0.1"]], limits: limits, courier: courier)
    }

    /// The first role is the host's port 80.
    private func ask(
        _ bench: Bench, _ path: String, method: String = "GET", more: String = ""
    ) async throws -> String {
        let port = bench.ports[0]
        return try await blocking {
            let client = try Client(port: port)
            try client.send("\(method) \(path) HTTP/1.1\r\nHost: api.example.com\r\n\(more)\r\n")
            return client.text()
        }
    }

    func testTheHostGetsTheValueAndTheWorkerDoesNot() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        let text = try await ask(
            bench, "/echo", more: "Authorization: Bearer rig-secret-placeholder-token\r\n")
        XCTAssertTrue(text.hasPrefix("HTTP/1.1 200 OK\r\n"), text)
        XCTAssertTrue(text.contains("Bearer [secret:token]"), text)
        XCTAssertFalse(text.contains(Self.value), text)
        // In hexadecimal nobody looks for it: so the host did get it.
        XCTAssertTrue(text.contains(Self.hex), text)
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(nil))
        XCTAssertEqual(end.way, .secret)
        XCTAssertEqual(end.httpStatus, 200)
        XCTAssertEqual(end.host, "api.example.com")
        XCTAssertFalse(end.showsPlaceholder)
        XCTAssertGreaterThan(end.receivedBytes, 100)
        await bench.door.close()
    }

    func testNoFormOfTheValueComesBack() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        for path in ["/text", "/chunks", "/escaped", "/header"] {
            let text = try await ask(bench, path)
            XCTAssertTrue(text.hasPrefix("HTTP/1.1 200 OK\r\n"), text)
            XCTAssertFalse(text.contains(Self.value), path)
            XCTAssertFalse(text.contains("\\u00"), path)
        }
        let text = try await ask(bench, "/text")
        XCTAssertTrue(text.contains("you sent [secret:token], didn't you"), text)
        await bench.door.close()
    }

    func testACompressedAnswerIsRefusedSinceItCannotBeSearched() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        let text = try await ask(bench, "/gzip", more: "Accept-Encoding: gzip\r\n")
        XCTAssertTrue(text.hasPrefix("HTTP/1.1 502 "), text)
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.notScrubbable))
        await bench.door.close()
    }

    func testAQueryParameterIsReplaced() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer, placement: .query(name: "key"))
        let text = try await ask(bench, "/echo?a=1&key=rig-secret-placeholder-token")
        XCTAssertTrue(text.contains("[secret:token]"), text)
        XCTAssertTrue(text.contains(Self.hex), text)
        XCTAssertFalse(text.contains(Self.value))
        await bench.door.close()
    }

    func testRedirectsAreNotFollowed() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        let away = try await ask(bench, "/away")
        XCTAssertTrue(away.contains("\r\nLocation: https://other.example.org/x\r\n"), away)
        let back = try await ask(bench, "/back")
        XCTAssertTrue(back.contains("\r\nLocation: http://api.example.com/echo?again=1\r\n"), back)
        await bench.door.close()
    }

    func testACertificateOfAnotherNameAuthorityOrTimeIsRefused() async throws {
        let other = try TLSPeer(names: ["other.example.com"])
        let late = try TLSPeer(names: ["api.example.com"], isExpired: true)
        let good = try TLSPeer(names: ["api.example.com"])
        for (peer, authority) in [
            (other, other.authority), (late, late.authority), (good, other.authority),
        ] {
            let bench = try await bench(peer, trusting: authority)
            let text = try await ask(bench, "/echo")
            XCTAssertTrue(text.hasPrefix("HTTP/1.1 502 "), text)
            let end = await bench.end()
            XCTAssertEqual(end.phase, .ended(.certificateRefused))
            XCTAssertFalse(text.contains(Self.value))
            await bench.door.close()
        }
    }

    func testAnAddressIsReachedThroughTheProxyAndMustStandInItsCertificate() async throws {
        for (addresses, isTrusted) in [(["127.0.0.1"], true), (["127.0.0.2"], false)] {
            let peer = try TLSPeer(names: ["api.example.com"], addresses: addresses)
            let bench = try await bench(peer, host: "127.0.0.1")
            let port = try XCTUnwrap(bench.ports.last)
            let text = try await blocking {
                let client = try Client(port: port)
                try client.send("GET http://127.0.0.1/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                return client.text()
            }
            XCTAssertEqual(text.contains(Self.hex), isTrusted, text)
            let end = await bench.end()
            XCTAssertEqual(end.phase, .ended(isTrusted ? nil : .certificateRefused))
            await bench.door.close()
        }
    }

    func testTheAbsoluteFormThroughTheProxyGetsTheValueToo() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        let port = try XCTUnwrap(bench.ports.last)
        let text = try await blocking {
            let client = try Client(port: port)
            try client.send(
                "POST http://api.example.com/echo HTTP/1.1\r\nHost: api.example.com\r\n"
                    + "Content-Length: 5\r\n\r\nab")
            try client.send("cde")
            return client.text()
        }
        XCTAssertTrue(text.contains(Self.hex), text)
        XCTAssertTrue(text.contains(#""body": "abcde""#), text)
        await bench.door.close()
    }

    func testThePlaceholderElsewhereIsRecorded() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        let text = try await ask(bench, "/echo", more: "X-Key: rig-secret-placeholder-token\r\n")
        XCTAssertTrue(text.contains(#""x-key": "rig-secret-placeholder-token""#), text)
        let end = await bench.end()
        XCTAssertTrue(end.showsPlaceholder)
        await bench.door.close()
    }

    func testALargeAnswerComesWholeAndACutOneDoesNotPassForWhole() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        let large = try await ask(bench, "/large")
        XCTAssertTrue(large.hasSuffix("\r\n0\r\n\r\n"))
        XCTAssertGreaterThan(large.utf8.count, 2 << 20)
        let cut = try await ask(bench, "/cut")
        XCTAssertFalse(cut.hasSuffix("0\r\n\r\n"), cut)
        await bench.wait { $0.count == 4 }
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.upstreamMalformed))
        await bench.door.close()
    }

    func testARequestThatTwoReadersCouldReadInTwoWaysIsRefused() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let bench = try await bench(peer)
        for more in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: 1\r\nContent-Length: 2\r\n", "X: a\nY: b\r\n",
        ] {
            let text = try await ask(bench, "/echo", method: "POST", more: more)
            XCTAssertTrue(text.hasPrefix("HTTP/1.1 400 "), text)
            XCTAssertTrue(text.contains("bad_request"), text)
        }
        await bench.door.close()
    }

    func testAJobEndsWithItsWorker() async throws {
        // A peer that takes the connection and never shakes hands.
        let peer = try TLSPeer(names: ["api.example.com"])
        let silent = try Peer { fd in
            var room = [UInt8](repeating: 0, count: 64)
            while case .bytes? = try? Transmit.read(fd, into: &room) {}
        }
        let courier = await SecretCourier(
            program: Self.program, environment: ["SSL_CERT_FILE": peer.authority])
        let secret = EgressSecret(
            slot: "token", host: try XCTUnwrap(NetTarget("api.example.com:\(silent.port)")),
            placement: .query(name: "k"), value: Self.value)
        let bench = try await Bench.make(
            ["127.0.0.1:\(silent.port)"], secrets: [secret],
            names: ["api.example.com": ["127.0.0.1"]], courier: courier)
        let port = bench.ports[0]
        let client = try await blocking {
            let client = try Client(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            return client.release()
        }
        defer { _ = Descriptor(owning: client) }
        await bench.wait { $0.count == 1 }
        await bench.door.close()
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.workerEnded))
    }

    func testAProgramThatIsKilledIsStartedAgain() async throws {
        let peer = try TLSPeer(names: ["api.example.com"])
        let courier = await SecretCourier(
            program: Self.program, environment: ["SSL_CERT_FILE": peer.authority])
        let secret = EgressSecret(
            slot: "token", host: try XCTUnwrap(NetTarget("api.example.com:\(peer.port)")),
            placement: .query(name: "k"), value: Self.value)
        let bench = try await Bench.make(
            ["127.0.0.1:\(peer.port)"], secrets: [secret],
            names: ["api.example.com": ["127.0.0.1"]], courier: courier)
        _ = try await ask(bench, "/echo")
        let process = await courier.processID
        let first = try XCTUnwrap(process)
        kill(first, SIGKILL)
        // What is asked before the end is noticed may fail; what comes after it may not.
        var text = ""
        for _ in 0..<50 where !text.contains(Self.hex) { text = try await ask(bench, "/echo") }
        XCTAssertTrue(text.contains(Self.hex), text)
        let next = await courier.processID
        XCTAssertNotEqual(next, first)
        await bench.door.close()
    }
}
