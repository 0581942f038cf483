import RIGBytes
import RIGLinux
import RIGLoop
import RIGServer
import RIGTestSupport
import XCTest

final class ConnectionTests: XCTestCase {
    func testRequestsOfOneConnectionAreAnsweredInOrderHoweverTheyArrive() throws {
        let bench = try Bench()
        let client = try bench.connect()
        let pipelined = (0..<200).map { String.post(body: "body \($0)") }.joined()
        for start in stride(from: 0, to: pipelined.utf8.count, by: 777) {
            let part = Array(pipelined.utf8)[start..<min(start + 777, pipelined.utf8.count)]
            try client.send(String(decoding: part, as: UTF8.self))
        }
        for index in 0..<200 {
            let response = try XCTUnwrap(try client.response())
            XCTAssertEqual(response.status, 200)
            XCTAssertEqual(response.body, "body \(index)")
            XCTAssertNotNil(response.fields["date"])
        }
    }

    func testTheUnixSocketSaysWhoConnects() throws {
        let bench = try Bench { handler in
            handler.answers = { exchange in
                exchange.output.append("\(exchange.peer)")
                exchange.respond(200, "text/plain")
            }
        }
        let client = try HTTPClient(path: bench.socketPath)
        try client.send(.get())
        XCTAssertEqual(try client.response()?.body, "unix(userID: \(getuid()))")
        let other = try bench.connect()
        try other.send(.get())
        XCTAssertEqual(try other.response()?.body, "tcp")
    }

    func testWhatCannotBeReadIsAnsweredWithItsStatusAndClosed() throws {
        let bench = try Bench()
        for (bytes, status) in [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2.0\r\n", 505),
            ("GET /" + String(repeating: "a", count: 9_000), 414),
            (.get("/", "X: " + String(repeating: "a", count: 40_000)), 431),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ] {
            let client = try bench.connect()
            try client.send(bytes)
            let response = try XCTUnwrap(try client.response(), bytes)
            XCTAssertEqual(response.status, status)
            XCTAssertEqual(response.fields["connection"], "close")
            XCTAssertNil(try client.response())
        }
    }

    func testASmuggledRequestIsNotServed() throws {
        let bench = try Bench()
        let client = try bench.connect()
        try client.send(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\n" + .get("/smuggled"))
        XCTAssertEqual(try client.response()?.status, 400)
        XCTAssertEqual(try client.rest(), "")
        XCTAssertEqual(try onLoop { bench.server.requestCount }, 0)
    }

    func testARefusalByTheHeadDoesNotWaitForTheBody() throws {
        let bench = try Bench { handler in
            handler.admits = { exchange in
                exchange.output.append("no")
                exchange.respond(403, "text/plain")
            }
        }
        let client = try bench.connect()
        try client.send(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n")
        let response = try XCTUnwrap(try client.response())
        XCTAssertEqual(response.status, 403)
        XCTAssertEqual(response.fields["connection"], "close")
        XCTAssertNil(try client.response())
        // Without a body the connection goes on, and a flood of them is answered as it stands.
        let other = try bench.connect()
        try other.send(String(repeating: String.get(), count: 3_000))
        for _ in 0..<3_000 { XCTAssertEqual(try other.response()?.status, 403) }
    }

    func testAClientThatExpectsContinueIsToldSoOnce() throws {
        let bench = try Bench()
        let client = try bench.connect()
        try client.send(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        XCTAssertEqual(try client.bytes(interim.utf8.count), interim)
        try client.send("hello")
        XCTAssertEqual(try client.response()?.body, "hello")
    }

    func testHEADHasTheHeadOfGETAndNoBody() throws {
        let bench = try Bench { handler in
            handler.answers = { exchange in
                exchange.output.append("hello")
                exchange.respond(200, "text/plain")
            }
        }
        let client = try bench.connect()
        try client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + .get())
        XCTAssertEqual(try client.response(isOfHead: true)?.fields["content-length"], "5")
        XCTAssertEqual(try client.response()?.body, "hello")
    }

    func testAStreamArrivesInChunksAndTheConnectionGoesOn() throws {
        let bench = try Bench { handler in
            handler.answers = { exchange in
                let stream = exchange.stream(200, "text/event-stream")
                for word in ["one", "two", "three"] {
                    await stream.send(BytePart(ByteBuffer(Array(word.utf8))))
                }
                stream.finish()
            }
        }
        let client = try bench.connect()
        try client.send(.get() + .get())
        XCTAssertEqual(try client.response()?.body, "onetwothree")
        XCTAssertEqual(try client.response()?.body, "onetwothree")
    }

    func testASenderWaitsForAClientThatDoesNotRead() throws {
        let sent = Counter()
        let bench = try Bench { handler in
            handler.answers = { exchange in
                let part = ByteBuffer([UInt8](repeating: 0x61, count: 64 << 10))
                let stream = exchange.stream(200, "application/octet-stream")
                for _ in 0..<512 where await stream.send(BytePart(part)) { sent.value += 1 }
                stream.finish()
            }
        }
        let client = try bench.connect()
        try client.send(.get())
        _ = try client.bytes(1)
        // Let the sender come as far as it can: until it waits, it yields to nobody.
        XCTAssertLessThan(try onLoop { sent.value }, 512)
        let body = try XCTUnwrap(try client.response()?.body)
        XCTAssertEqual(body.utf8.count, 512 * 64 << 10)
        XCTAssertEqual(try onLoop { sent.value }, 512)
    }

    func testWhoWorksForAClientHearsThatItHasGone() throws {
        let gone = Told()
        let bench = try Bench { handler in
            handler.answers = { exchange in
                let closed = OneShot<Void>()
                exchange.onClose = { closed.resume(()) }
                await closed.wait()
                gone.signal()
                exchange.respond(200, nil)
            }
        }
        do {
            let client = try bench.connect()
            try client.send(.get())
            XCTAssertEqual(gone.isSignalled, false)
        }
        XCTAssertTrue(gone.wait())
    }

    func testAHandlerThatForgetsToAnswerIsAnsweredFor() throws {
        let bench = try Bench { $0.answers = { _ in } }
        let client = try bench.connect()
        try client.send(.get())
        XCTAssertEqual(try client.response()?.status, 500)
    }

    func testSlowClientsAreCutOff() throws {
        var limits = ServerLimits()
        limits.headMilliseconds = 50
        limits.bodyPauseMilliseconds = 50
        limits.idleMilliseconds = 50
        let bench = try Bench(limits)
        let silent = try bench.connect()
        XCTAssertEqual(try silent.rest(), "")
        let slowHead = try bench.connect()
        try slowHead.send("GET / HT")
        XCTAssertEqual(try slowHead.response()?.status, 408)
        XCTAssertNil(try slowHead.response())
        let slowBody = try bench.connect()
        try slowBody.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel")
        XCTAssertEqual(try slowBody.response()?.status, 408)
        let idle = try bench.connect()
        try idle.send(.get())
        XCTAssertEqual(try idle.response()?.status, 200)
        XCTAssertEqual(try idle.rest(), "")
    }

    func testAClientThatDripsItsHeadIsCutOffAllTheSame() throws {
        var limits = ServerLimits()
        limits.headMilliseconds = 100
        let bench = try Bench(limits)
        let client = try bench.connect()
        var response: HTTPClient.Response?
        do {
            for _ in 0..<100_000 { try client.send("X") }
        } catch let error as Errno where ["EPIPE", "ECONNRESET"].contains(error.name) {}
        do { response = try client.response() } catch {}
        if let response { XCTAssertTrue([408, 414, 400].contains(response.status)) }
    }

    func testTheLongestIdleConnectionMakesRoom() throws {
        var limits = ServerLimits()
        limits.connectionsMax = 3
        let bench = try Bench(limits)
        let clients = try (0..<3).map { _ in try bench.connect() }
        for client in clients {
            try client.send(.get())
            XCTAssertEqual(try client.response()?.status, 200)
        }
        let newcomer = try bench.connect()
        try newcomer.send(.get())
        XCTAssertEqual(try newcomer.response()?.status, 200)
        XCTAssertEqual(try clients[0].rest(), "")
        try clients[1].send(.get())
        XCTAssertEqual(try clients[1].response()?.status, 200)
    }

    func testDrainAnswersWhatHasBegunAndClosesTheRest() throws {
        let (started, release) = (Told(), Gatekeeper())
        let bench = try Bench { handler in
            handler.answers = { exchange in
                started.signal()
                await release.opened()
                exchange.output.append("done")
                exchange.respond(200, "text/plain")
            }
        }
        let idle = try bench.connect()
        let busy = try bench.connect()
        try busy.send(.get())
        XCTAssertTrue(started.wait())
        let drained = Told()
        RequestLoop.start {
            await bench.server.drain(graceMilliseconds: 20_000)
            drained.signal()
        }
        XCTAssertEqual(try idle.rest(), "")
        XCTAssertFalse(drained.isSignalled)
        try onLoop { release.open() }
        let response = try XCTUnwrap(try busy.response())
        XCTAssertEqual(response.body, "done")
        XCTAssertEqual(response.fields["connection"], "close")
        XCTAssertNil(try busy.response())
        XCTAssertThrowsError(try HTTPClient(path: bench.socketPath)) {
            XCTAssertEqual($0 as? Errno, .connectionRefused)
        }
    }

    func testDrainDoesNotWaitForTheRestOfAHead() throws {
        let bench = try Bench()
        let client = try bench.connect()
        try client.send(.get())
        XCTAssertEqual(try client.response()?.status, 200)
        try client.send("GET / HTTP/1.1\r\nHo")
        // Another request's answer: by then the half is read.
        let other = try bench.connect()
        try other.send(.get())
        XCTAssertEqual(try other.response()?.status, 200)
        let begun = ContinuousClock.now
        try onLoop { await bench.server.drain(graceMilliseconds: 20_000) }
        XCTAssertLessThan(ContinuousClock.now - begun, .seconds(5))
        XCTAssertEqual(try client.rest(), "")
    }

    func testDrainCutsWhatTakesLongerThanItsGrace() throws {
        let (started, release) = (Told(), Gatekeeper())
        let bench = try Bench { handler in
            handler.answers = { exchange in
                started.signal()
                await release.opened()
                exchange.respond(200, nil)
            }
        }
        let busy = try bench.connect()
        try busy.send(.get())
        XCTAssertTrue(started.wait())
        try onLoop { await bench.server.drain(graceMilliseconds: 10) }
        XCTAssertEqual(try busy.rest(), "")
        XCTAssertEqual(try onLoop { bench.server.connectionCount }, 0)
        try onLoop { release.open() }
    }

    func testAClientThatPipelinesAndNeverReadsIsNotServedForEver() throws {
        let bench = try Bench { handler in
            handler.answers = { exchange in
                exchange.output.append(
                    ByteBuffer([UInt8](repeating: 0x61, count: 1 << 20)),
                    ByteRange(offset: 0, count: 1 << 20))
                exchange.respond(200, "text/plain")
            }
        }
        let client = try bench.connect()
        try client.send(String(repeating: String.get(), count: 100))
        _ = try client.bytes(1)
        let served = try onLoop { bench.server.requestCount }
        XCTAssertLessThan(served, 20)
        for _ in 0..<100 { XCTAssertEqual(try client.response()?.body.utf8.count, 1 << 20) }
    }
}
