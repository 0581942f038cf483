import RIGLinux
import XCTest

final class DescriptorTests: FolderTestCase {
    private func isOpen(_ fd: CInt) -> Bool {
        do {
            _ = try FileStatus.of(fd)
            return true
        } catch {
            XCTAssertEqual(error, .badDescriptor)
            return false
        }
    }

    func testADescriptorClosesWithItsScopeUnlessReleased() throws {
        var closed: CInt = -1
        do {
            let file = try File.open("/dev/null").duplicate(lowest: 90)
            closed = file.fd
            XCTAssertTrue(isOpen(closed))
        }
        XCTAssertFalse(isOpen(closed))
        let kept = try File.open("/dev/null").release()
        XCTAssertTrue(isOpen(kept))
        _ = Descriptor(owning: kept)
        XCTAssertFalse(isOpen(kept))
    }

    func testAFullPipeWouldBlockAndAnEmptyOneToo() throws {
        var pipe = try Pipe.make(nonBlocking: true)
        var room = [UInt8](repeating: 0, count: 10)
        XCTAssertEqual(try Transmit.read(pipe.readingFd, into: &room), .wouldBlock)
        let capacity = try Pipe.setCapacity(pipe.writingFd, bytes: 4096)
        let bytes = [UInt8](repeating: 7, count: capacity + 1)
        XCTAssertEqual(try write(pipe.writingFd, bytes), .bytes(capacity))
        XCTAssertEqual(try write(pipe.writingFd, bytes), .wouldBlock)
        let reading = pipe.takeReading()
        XCTAssertEqual(try reading.bytesWaiting(), capacity)
        pipe.closeWriting()
        XCTAssertEqual(try Transmit.readAll(reading.fd, bytesMax: capacity).count, capacity)
        XCTAssertEqual(try Transmit.read(reading.fd, into: &room), .end)
    }

    private func write(_ fd: CInt, _ bytes: [UInt8]) throws -> Transfer {
        try bytes.withUnsafeBytes { try Transmit.write(fd, $0) }
    }

    func testAWriteWithoutAReaderIsBrokenPipe() throws {
        try Signal.ignoreBrokenPipe()
        var pipe = try Pipe.make()
        pipe.closeReading()
        assertErrno(.brokenPipe, try write(pipe.writingFd, [1]))
    }

    func testThreeRegionsLeaveInTheirOrder() throws {
        let pipe = try Pipe.make()
        let text = Array("abcdef".utf8)
        let sent = try text.withUnsafeBytes {
            try Transmit.write(
                pipe.writingFd, UnsafeRawBufferPointer(rebasing: $0[4...]),
                UnsafeRawBufferPointer(start: nil, count: 0),
                UnsafeRawBufferPointer(rebasing: $0[..<2]))
        }
        XCTAssertEqual(sent, .bytes(4))
        var room = [UInt8](repeating: 0, count: 4)
        XCTAssertEqual(try Transmit.read(pipe.readingFd, into: &room), .bytes(4))
        XCTAssertEqual(room, Array("efab".utf8))
    }

    func testAnEventCountsUntilItIsDrained() throws {
        let event = try EventFd()
        XCTAssertFalse(try event.drain())
        XCTAssertFalse(try event.wait(timeoutMilliseconds: 0))
        try event.signal()
        try event.signal()
        XCTAssertTrue(try event.wait(timeoutMilliseconds: nil))
        XCTAssertFalse(try event.drain())
    }

    func testASealedFileCannotBeWrittenOrCut() throws {
        let file = try Memfd.make(name: "plan", sealed: Array("sealed".utf8))
        XCTAssertEqual(try Transmit.readAll(file.fd, bytesMax: 100), Array("sealed".utf8))
        assertErrno(.permission, try File.truncate(file.fd, toBytes: 1))
        assertErrno(.permission, try write(file.fd, [1]))
        // Nor through a second opening.
        let again = try File.open("/proc/self/fd/\(file.fd)", .readWrite)
        assertErrno(.permission, try write(again.fd, [1]))
    }

    func testDescriptorsTravelOverASocketAndCloseOnExec() throws {
        var pair = try UnixSocket.pair()
        let one = pair.takeOne()
        let other = pair.takeOther()
        let file = try Memfd.make(name: "passed", sealed: Array("hello".utf8))
        XCTAssertEqual(
            try DescriptorPassing.send(one.fd, [42], [file.fd, file.fd]), .bytes(1))
        var fds: [CInt] = []
        XCTAssertEqual(try DescriptorPassing.receive(other.fd, bytesMax: 8, into: &fds), [42])
        XCTAssertEqual(fds.count, 2)
        let received = Descriptor(owning: fds[0])
        _ = Descriptor(owning: fds[1])
        XCTAssertEqual(try Transmit.readAll(received.fd, bytesMax: 100), Array("hello".utf8))
        XCTAssertNil(try DescriptorPassing.receive(other.fd, bytesMax: 8, into: &fds))
    }

    func testASocketIsBoundWithItsModeAndConnects() throws {
        let name = path("rig.sock")
        let server = try UnixSocket.listen(name, mode: 0o600)
        XCTAssertEqual(try FileStatus.of(name).mode, 0o600)
        XCTAssertEqual(try Directory.names(folder), ["rig.sock"])
        XCTAssertTrue(try accepted(server.fd) == nil)
        let client = try UnixSocket.connect(name)
        let connection = try XCTUnwrap(try accepted(server.fd))
        try Transmit.writeAll(client.fd, [5])
        var room = [UInt8](repeating: 0, count: 4)
        XCTAssertEqual(try Transmit.read(connection, into: &room), .bytes(1))
        _ = Descriptor(owning: connection)
        assertErrno(.addressInUse, try UnixSocket.listen(name).fd)
        XCTAssertEqual(try Directory.names(folder), ["rig.sock"])
    }

    func testAnUnboundOrTooLongNameIsRefused() throws {
        assertErrno(.noEntry, try UnixSocket.connect(path("none")).fd)
        let long = path(String(repeating: "x", count: UnixSocket.pathBytesMax))
        assertErrno(.nameTooLong, try UnixSocket.connect(long).fd)
    }

    func testTCPListensOnAPortOfTheKernelsChoice() throws {
        let server = try TCPSocket.listen(host: "127.0.0.1", port: 0)
        let port = try TCPSocket.localPort(server.fd)
        XCTAssertGreaterThan(port, 0)
        let client = try TCPSocket.connect(host: "127.0.0.1", port: port)
        XCTAssertTrue(try Poll.wait(client.fd, for: .write, timeoutMilliseconds: nil))
        XCTAssertNil(try TCPSocket.error(of: client.fd))
        XCTAssertTrue(try Poll.wait(server.fd, for: .read, timeoutMilliseconds: nil))
        let connection = try XCTUnwrap(try accepted(server.fd))
        try TCPSocket.sendAtOnce(connection)
        _ = Descriptor(owning: connection)
        assertErrno(.invalid, try TCPSocket.listen(host: "localhost", port: 0).fd)
    }

    private func accepted(_ fd: CInt) throws -> CInt? {
        switch try UnixSocket.accept(fd) {
        case .some(let connection): return connection.release()
        case .none: return nil
        }
    }
}
