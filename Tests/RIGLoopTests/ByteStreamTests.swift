import RIGBytes
import RIGLinux
import XCTest

@testable import RIGLoop

final class ByteStreamTests: LoopTestCase {
    @RequestLoop
    func testAMessageOfThreePartsArrivesWholeThroughAPipeItDoesNotFit() async throws {
        var pipe = try Pipe.make()
        _ = try Pipe.setCapacity(pipe.writingFd, bytes: 4096)
        let writer = try ByteWriter(pipe.takeWriting())
        let body = ByteBuffer((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        let head = ByteBuffer("head".utf8)
        let inner = ByteRange(offset: 10, count: 299_000)
        XCTAssertEqual(writer.send(BytePart(head), BytePart(body, inner), BytePart(head)), .queued)
        XCTAssertEqual(writer.send(BytePart(head)), .queued)
        writer.closeWhenSent()
        XCTAssertEqual(writer.send(BytePart(head)), .closed)

        let received = try await Self.receiveAll(pipe.takeReading())
        let expected = head.array(head.range) + body.array(inner) + Array("headhead".utf8)
        XCTAssertEqual(received, expected)
        XCTAssertTrue(writer.isClosed)
    }

    @RequestLoop
    func testAShortMessageIsWrittenAtOnce() async throws {
        var pipe = try Pipe.make()
        let writer = try ByteWriter(pipe.takeWriting())
        let text = ByteBuffer("abc".utf8)
        XCTAssertEqual(
            writer.send(BytePart(text), BytePart(text, ByteRange(offset: 1, count: 1))), .written)
        XCTAssertEqual(writer.queuedBytes, 0)
        var room = [UInt8](repeating: 0, count: 16)
        XCTAssertEqual(try Transmit.read(pipe.readingFd, into: &room), .bytes(4))
        XCTAssertEqual(Array(room[..<4]), Array("abcb".utf8))
        writer.close()
    }

    @RequestLoop
    func testALargeMessageLeavesNoMemoryBehindOnEitherSide() async throws {
        var pipe = try Pipe.make()
        let writer = try ByteWriter(pipe.takeWriting())
        let reader = try ByteReader(pipe.takeReading())
        let large = ByteBuffer([UInt8](repeating: 1, count: 3 << 20))
        let small = ByteBuffer([UInt8](repeating: 2, count: 100 << 10))
        let sizes = Journal<Int>()
        let expected = Shared(large.count)
        try reader.start(
            onBytes: { reader in
                if reader.input.count < expected.value { return }
                sizes.note(reader.input.capacity)
                reader.take(expected.value)
                sizes.note(reader.input.capacity)
            }, onEnd: { _ in })
        XCTAssertEqual(writer.send(BytePart(large)), .queued)
        await sizes.wait(for: 2)
        XCTAssertGreaterThanOrEqual(sizes.entries[0], 3 << 20)
        XCTAssertLessThanOrEqual(sizes.entries[1], 256 << 10)
        XCTAssertLessThanOrEqual(writer.queueCapacityBytes, 256 << 10)

        // What is of usual size is kept for the next one.
        expected.value = small.count
        _ = writer.send(BytePart(small))
        await sizes.wait(for: 4)
        XCTAssertGreaterThanOrEqual(sizes.entries[2], small.count)
        XCTAssertEqual(sizes.entries[3], sizes.entries[2])
        reader.close()
        writer.close()
    }

    @RequestLoop
    func testTheRestIsReadWithoutWaitingForTheLoop() async throws {
        var pipe = try Pipe.make()
        let reader = try ByteReader(pipe.takeReading())
        var seen = 0
        var ends = 0
        try reader.start(
            onBytes: { reader in
                seen += reader.input.count
                reader.take(reader.input.count)
            }, onEnd: { _ in ends += 1 })
        reader.readRest(bytesMax: 1 << 20)
        XCTAssertEqual(seen, 0)
        let text = [UInt8](repeating: 1, count: 60_000)
        try Transmit.writeAll(pipe.writingFd, text)
        reader.readRest(bytesMax: 1 << 20)
        XCTAssertEqual(seen, 60_000)
        XCTAssertEqual(ends, 0)
        try Transmit.writeAll(pipe.writingFd, text)
        reader.readRest(bytesMax: 1)
        XCTAssertLessThan(seen, 120_000)
        pipe.closeWriting()
        reader.readRest(bytesMax: 1 << 20)
        XCTAssertEqual(seen, 120_000)
        XCTAssertEqual(ends, 1)
        reader.readRest(bytesMax: 1 << 20)
        XCTAssertEqual(ends, 1)
        reader.close()
    }

    @RequestLoop
    func testAQueueThatWouldExceedItsLimitRefusesTheWholeMessage() async throws {
        var pipe = try Pipe.make()
        _ = try Pipe.setCapacity(pipe.writingFd, bytes: 4096)
        let writer = try ByteWriter(pipe.takeWriting(), queueBytesMax: 1000)
        let big = ByteBuffer([UInt8](repeating: 1, count: 6000))
        let small = ByteBuffer([2])
        // Meets an empty queue, so it is taken whatever its size: 4096 go, 1904 wait.
        XCTAssertEqual(writer.send(BytePart(big)), .queued)
        XCTAssertEqual(writer.queuedBytes, 1904)
        XCTAssertEqual(writer.send(BytePart(small)), .refused)
        XCTAssertEqual(writer.queuedBytes, 1904)

        let drained = Journal<Bool>()
        writer.onDrained = { drained.note(true) }
        var room = [UInt8](repeating: 0, count: 8192)
        XCTAssertEqual(try Transmit.read(pipe.readingFd, into: &room), .bytes(4096))
        await drained.wait(for: 1)
        XCTAssertEqual(try Transmit.read(pipe.readingFd, into: &room), .bytes(1904))
        XCTAssertEqual(writer.send(BytePart(small)), .written)
        writer.close()
    }

    @RequestLoop
    func testAWriteToAReaderThatHasGoneIsReportedOnceAndClosesTheWriter() async throws {
        var pipe = try Pipe.make()
        pipe.closeReading()
        let writer = try ByteWriter(pipe.takeWriting())
        let failures = Journal<Errno>()
        writer.onFailure = { failures.note($0) }
        let text = ByteBuffer("x".utf8)
        XCTAssertEqual(writer.send(BytePart(text)), .closed)
        XCTAssertEqual(failures.entries, [], "never from within send")
        XCTAssertEqual(writer.send(BytePart(text)), .closed)
        await failures.wait(for: 1)
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(failures.entries, [.brokenPipe])
    }

    @RequestLoop
    func testAReaderThatGoesWhileBytesWaitIsReported() async throws {
        var pipe = try Pipe.make()
        _ = try Pipe.setCapacity(pipe.writingFd, bytes: 4096)
        let writer = try ByteWriter(pipe.takeWriting())
        let failures = Journal<Errno>()
        writer.onFailure = { failures.note($0) }
        XCTAssertEqual(
            writer.send(BytePart(ByteBuffer([UInt8](repeating: 1, count: 9000)))), .queued)
        pipe.closeReading()
        await failures.wait(for: 1)
        XCTAssertEqual(failures.entries, [.brokenPipe])
        XCTAssertTrue(writer.isClosed)
    }

    @RequestLoop
    func testAnEndIsReportedOnceAfterTheBytesBeforeIt() async throws {
        var pipe = try Pipe.make()
        try Transmit.writeAll(pipe.writingFd, Array("last words".utf8))
        pipe.closeWriting()
        let reader = try ByteReader(pipe.takeReading())
        let journal = Journal<String>()
        try reader.start(
            onBytes: { journal.note($0.input.string($0.input.range)) },
            onEnd: { journal.note("\($0)") })
        await journal.wait(for: 2)
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries, ["last words", "ended"])
        reader.close()
    }

    @RequestLoop
    func testBytesThatWereNotTakenStandBeforeTheNextOnes() async throws {
        var pipe = try Pipe.make()
        let reader = try ByteReader(pipe.takeReading())
        let journal = Journal<String>()
        try reader.start(
            onBytes: { reader in
                journal.note(reader.input.string(reader.input.range))
                if reader.input.count >= 3 { reader.take(3) }
            },
            onEnd: { _ in })
        try Transmit.writeAll(pipe.writingFd, Array("ab".utf8))
        await journal.wait(for: 1)
        try Transmit.writeAll(pipe.writingFd, Array("cd".utf8))
        await journal.wait(for: 2)
        try Transmit.writeAll(pipe.writingFd, Array("e".utf8))
        await journal.wait(for: 3)
        XCTAssertEqual(journal.entries, ["ab", "abcd", "de"])
        reader.close()
    }

    @RequestLoop
    func testAFullInputStopsReadingUntilItsOwnerTakesSome() async throws {
        var pipe = try Pipe.make()
        let reader = try ByteReader(pipe.takeReading(), inputBytesMax: 2)
        let journal = Journal<Int>()
        try reader.start(onBytes: { journal.note($0.input.count) }, onEnd: { _ in })
        try Transmit.writeAll(pipe.writingFd, [1, 2])
        await journal.wait(for: 1)
        try Transmit.writeAll(pipe.writingFd, [3])
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries, [2])
        reader.take(1)
        await journal.wait(for: 2)
        XCTAssertEqual(journal.entries, [2, 2])
        reader.close()
    }

    @RequestLoop
    func testAPausedReaderIsSilentUntilItResumes() async throws {
        var pipe = try Pipe.make()
        let reader = try ByteReader(pipe.takeReading())
        let journal = Journal<Int>()
        try reader.start(
            onBytes: { journal.note($0.input.count) }, onEnd: { _ in journal.note(-1) })
        reader.pause()
        try Transmit.writeAll(pipe.writingFd, [1])
        pipe.closeWriting()
        await EventLoop.shared.sleep(nanoseconds: 1)
        XCTAssertEqual(journal.entries, [])
        reader.resume()
        await journal.wait(for: 2)
        XCTAssertEqual(journal.entries, [1, -1])
        reader.close()
    }

    @RequestLoop
    func testARegularFileIsReadToItsEnd() async throws {
        let path = try Directory.makeTemporary(in: "/tmp", prefix: "rig-loop-")
        defer { XCTAssertNoThrow(try Directory.removeTree(path)) }
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        try File.replaceAtomically(path + "/file", with: bytes)
        let received = try await Self.receiveAll(File.open(path + "/file"))
        XCTAssertEqual(received, bytes)
    }

    @RequestLoop
    func testASocketIsReadAndWrittenThroughTwoNumbers() async throws {
        var pair = try UnixSocket.pair()
        let socket = pair.takeOne()
        let writer = try ByteWriter(socket.duplicate())
        let reader = try ByteReader(socket)
        let peer = pair.takeOther()
        try Transmit.writeAll(peer.fd, Array("ping".utf8))
        let journal = Journal<String>()
        try reader.start(
            onBytes: { reader in
                writer.send(BytePart(reader.input))
                reader.take(reader.input.count)
                journal.note("echoed")
            },
            onEnd: { _ in })
        await journal.wait(for: 1)
        var room = [UInt8](repeating: 0, count: 16)
        XCTAssertEqual(try Transmit.read(peer.fd, into: &room), .bytes(4))
        reader.close()
        writer.close()
        XCTAssertEqual(try Transmit.read(peer.fd, into: &room), .end)
    }

    @RequestLoop
    private static func receiveAll(_ descriptor: consuming Descriptor) async throws -> [UInt8] {
        let reader = try ByteReader(descriptor)
        let bytes = Shared<[UInt8]>([])
        let end = OneShot<ByteReader.End>()
        try reader.start(
            onBytes: { reader in
                bytes.value += reader.input.array(reader.input.range)
                reader.take(reader.input.count)
            },
            onEnd: { end.resume($0) })
        let result = await end.wait()
        XCTAssertEqual(result, .ended)
        reader.close()
        return bytes.value
    }
}
