import Foundation
import RIGLinux
import RIGLoop
import RIGModel
import XCTest

@testable import RIGEgress

final class PinnedHostTests: XCTestCase {
    override class func setUp() { EventLoop.startOnThread() }

    func testBytesPassBothWaysAndStandInTheRecord() async throws {
        let peer = try Peer.echo()
        let target = "api.example.com:\(peer.port)"
        let bench = try await Bench.make(
            [target, "127.0.0.1:\(peer.port)"], names: ["api.example.com": ["127.0.0.1"]])
        let port = bench.ports[0]
        let answer = try await blocking {
            let client = try Client(port: port)
            try client.send("hello")
            try client.finish()
            return client.text()
        }
        XCTAssertEqual(answer, "hello")
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(nil))
        XCTAssertEqual(end.host, "api.example.com")
        XCTAssertEqual(end.port, peer.port)
        XCTAssertEqual(end.address?.description, "127.0.0.1")
        XCTAssertEqual([end.sentBytes, end.receivedBytes], [5, 5])
        let events = await bench.events
        XCTAssertEqual(events.map(\.phase), [.opened, .ended(nil)])
        XCTAssertEqual(Set(events.map(\.id)).count, 1)
        await bench.door.close()
    }

    func testANameThatLeadsInsideIsRefusedAfterItWasLookedUp() async throws {
        for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"] {
            let bench = try await Bench.make(
                ["api.example.com:443"], names: ["api.example.com": [address]])
            let port = bench.ports[0]
            let bytes = try await blocking { try Client(port: port).rest() }
            XCTAssertEqual(bytes, [])
            let end = await bench.end()
            XCTAssertEqual(end.phase, .refused(.addressRefused), address)
            XCTAssertEqual(end.address, IPAddress(address))
            await bench.door.close()
        }
    }

    func testARebindingNameIsCheckedEachTimeItIsLookedUp() async throws {
        let peer = try Peer.echo()
        let answers = Answers(["127.0.0.1", "127.0.0.2"])
        var limits = EgressLimits()
        limits.nameMilliseconds = 0
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"], secrets: [],
            limits: limits, courier: nil, lookup: { _ in .success([answers.next()]) })
        let port = bench.ports[0]
        let first = try await blocking {
            let client = try Client(port: port)
            try client.send("one")
            try client.finish()
            return client.text()
        }
        XCTAssertEqual(first, "one")
        _ = await bench.end()
        let second = try await blocking { try Client(port: port).rest() }
        XCTAssertEqual(second, [])
        await bench.wait { $0.count == 3 }
        let end = await bench.end()
        XCTAssertEqual(end.phase, .refused(.addressRefused))
        XCTAssertEqual(end.address?.description, "127.0.0.2")
        await bench.door.close()
    }

    func testAWorkerKeepsTheAddressesThatItsNameHad() async throws {
        let peer = try Peer.echo()
        let answers = Answers(["127.0.0.1", "127.0.0.2"])
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"], secrets: [],
            limits: EgressLimits(), courier: nil, lookup: { _ in .success([answers.next()]) })
        let port = bench.ports[0]
        for round in 1...3 {
            let text = try await blocking {
                let client = try Client(port: port)
                try client.send("x")
                try client.finish()
                return client.text()
            }
            XCTAssertEqual(text, "x")
            await bench.wait { $0.count == 2 * round }
        }
        XCTAssertEqual(answers.given, 1)
        await bench.door.close()
    }

    func testAPeerThatEndsItsSideStillReads() async throws {
        let peer = try Peer { fd in
            // Ends first, then counts what comes.
            try? UnixSocket.finishSending(fd)
            var room = [UInt8](repeating: 0, count: 1 << 10)
            while case .bytes? = try? Transmit.read(fd, into: &room) {}
        }
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]])
        let port = bench.ports[0]
        try await blocking {
            let client = try Client(port: port)
            XCTAssertEqual(client.rest(), [])
            try client.send([UInt8](repeating: 1, count: 1000))
            try client.finish()
        }
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(nil))
        XCTAssertEqual([end.sentBytes, end.receivedBytes], [1000, 0])
        await bench.door.close()
    }

    func testManyBytesPassWholeThroughASlowReader() async throws {
        let count = 8 << 20
        let peer = try Peer { fd in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 >> 8) }
            try? Transmit.writeAll(fd, bytes)
        }
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]])
        let port = bench.ports[0]
        let isWhole = try await blocking {
            let client = try Client(port: port)
            // Nothing is read until all buffers on the way must be full.
            KernelThread.sleep(milliseconds: 100)
            let bytes = client.rest()
            return bytes.count == count
                && bytes.enumerated().allSatisfy { $1 == UInt8(truncatingIfNeeded: $0 >> 8) }
        }
        XCTAssertTrue(isWhole)
        let end = await bench.end()
        XCTAssertEqual(end.receivedBytes, count)
        await bench.door.close()
    }

    func testATunnelEndsAtItsBytes() async throws {
        let peer = try Peer { fd in
            try? Transmit.writeAll(fd, [UInt8](repeating: 0, count: 4 << 20))
        }
        var limits = EgressLimits()
        limits.tunnelBytesMax = 1 << 20
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]], limits: limits)
        let port = bench.ports[0]
        let count = try await blocking { try Client(port: port).rest().count }
        XCTAssertLessThan(count, 2 << 20)
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.bytesExceeded))
        await bench.door.close()
    }

    func testASilentTunnelEnds() async throws {
        let peer = try Peer.echo()
        var limits = EgressLimits()
        limits.idleMilliseconds = 20
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]], limits: limits)
        let port = bench.ports[0]
        let bytes = try await blocking { try Client(port: port).rest() }
        XCTAssertEqual(bytes, [])
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.idle))
        await bench.door.close()
    }

    func testMoreTunnelsThanAllowedAreRefused() async throws {
        let peer = try Peer.echo()
        var limits = EgressLimits()
        limits.tunnelsMax = 1
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]], limits: limits)
        let port = bench.ports[0]
        try await blocking {
            let first = try Client(port: port)
            try first.send("a")
            XCTAssertEqual(first.read(1), [UInt8(ascii: "a")])
            let second = try Client(port: port)
            XCTAssertEqual(second.rest(), [])
        }
        await bench.wait { $0.contains { $0.phase == .refused(.tooManyTunnels) } }
        await bench.door.close()
    }

    func testNothingIsLeftWhenTheWorkerEnds() async throws {
        let peer = try Peer.echo()
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]])
        let port = bench.ports[0]
        let client = try await blocking {
            let client = try Client(port: port)
            try client.send("a")
            XCTAssertEqual(client.read(1).count, 1)
            return client.release()
        }
        defer { _ = Descriptor(owning: client) }
        await bench.door.close()
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.workerEnded))
        try await blocking { XCTAssertThrowsError(try Client(port: port).send("x")) }
    }

    func testWhatCannotBeRecordedIsNotDone() async throws {
        let peer = try Peer { fd in
            var room = [UInt8](repeating: 0, count: 16)
            if case .bytes? = try? Transmit.read(fd, into: &room) { XCTFail("bytes have left") }
        }
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)"],
            names: ["api.example.com": ["127.0.0.1"]])
        await bench.stopRecording()
        let port = bench.ports[0]
        let bytes = try await blocking {
            let client = try Client(port: port)
            try client.send("secret")
            return client.rest()
        }
        XCTAssertEqual(bytes, [])
        await bench.door.close()
    }

    func testANameServerThatDoesNotAnswerIsNotWaitedForLong() async throws {
        var limits = EgressLimits()
        limits.connectMilliseconds = 20
        let answers = Gate()
        defer { answers.open() }
        let bench = try await Bench.make(
            ["api.example.com:443"], secrets: [], limits: limits, courier: nil,
            lookup: { _ in
                answers.wait()
                return .failure(.notFound)
            })
        let port = bench.ports[0]
        let bytes = try await blocking { try Client(port: port).rest() }
        XCTAssertEqual(bytes, [])
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.lookupFailed))
        await bench.door.close()
    }

    func testNoDescriptorIsLeftHoweverConnectionsEnd() async throws {
        let peer = try Peer { fd in
            var room = [UInt8](repeating: 0, count: 16)
            _ = try? Transmit.read(fd, into: &room)
        }
        let bench = try await Bench.make(
            ["api.example.com:\(peer.port)", "127.0.0.1:\(peer.port)", "b.example.com:443"],
            names: ["api.example.com": ["127.0.0.1"], "b.example.com": ["10.0.0.1"]])
        let ports = bench.ports
        for round in 0..<3 {
            for index in 0..<20 {
                try await blocking {
                    let client = try Client(port: ports[index % 3])
                    // What is refused may be closed before either comes.
                    if index % 4 > 0 { _ = try? client.send("GET x\r\n\r\n") }
                    if index % 5 > 0 { _ = try? client.finish() }
                    _ = index % 7 == 0 ? [] : client.rest()
                }
            }
            await bench.wait {
                $0.filter { $0.phase != .opened }.count == (round + 1) * 20
            }
            if round == 0 { await bench.remember() }
        }
        let isSame = await bench.hasNoMoreDescriptors()
        XCTAssertTrue(isSame)
        let open = await bench.door.openCount
        XCTAssertEqual(open, 0)
        await bench.door.close()
    }

    func testAHostThatIsDownIsAFailureAndNoRefusal() async throws {
        let port: UInt16 = try {
            let listener = try TCPSocket.listen(host: "127.0.0.1", port: 0)
            return try TCPSocket.localPort(listener.fd)
        }()
        let bench = try await Bench.make(
            ["api.example.com:\(port)", "127.0.0.1:\(port)"],
            names: ["api.example.com": ["127.0.0.1"]])
        let door = bench.ports[0]
        let bytes = try await blocking { try Client(port: door).rest() }
        XCTAssertEqual(bytes, [])
        let end = await bench.end()
        XCTAssertEqual(end.phase, .ended(.connectFailed))
        await bench.door.close()
    }
}

/// Holds threads back until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() {
        semaphore.wait()
        semaphore.signal()
    }

    func open() { semaphore.signal() }
}

/// Answers of a resolver, one after the other; the last one stays.
final class Answers: @unchecked Sendable {
    private let lock = NSLock()
    private let addresses: [IPAddress]
    private var index = 0

    init(_ addresses: [String]) { self.addresses = addresses.compactMap { IPAddress($0) } }

    func next() -> IPAddress {
        lock.withLock {
            defer { index += 1 }
            return addresses[min(index, addresses.count - 1)]
        }
    }

    var given: Int { lock.withLock { index } }
}
