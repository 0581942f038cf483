import RIGLinux
import XCTest

final class FileTests: FolderTestCase {
    func testAnErrorSaysItsNameAndText() throws {
        assertErrno(.noEntry, try FileStatus.of(path("missing")))
        XCTAssertEqual(Errno.noEntry.name, "ENOENT")
        XCTAssertEqual(Errno.noEntry.description, "No such file or directory (ENOENT)")
        XCTAssertEqual(Errno(code: 9999).name, "E9999")
    }

    func testAPathWithAZeroByteIsRefusedInsteadOfCut() throws {
        try write("short", "text")
        assertErrno(.invalid, try File.remove(path("short\0.json")))
        assertErrno(.invalid, try FileStatus.of(path("short\0.json")))
        XCTAssertEqual(try text("short"), "text")
    }

    func testReplacingGivesTheNewContentItsModeAndLeavesNothingBeside() throws {
        try write("file", "old")
        try File.replaceAtomically(path("file"), with: Array("new".utf8), mode: 0o640)
        XCTAssertEqual(try text("file"), "new")
        XCTAssertEqual(try FileStatus.of(path("file")).mode, 0o640)
        XCTAssertEqual(try Directory.names(folder), ["file"])
    }

    func testAReplacementThatFailsLeavesTheOldContentAndNothingBeside() throws {
        // The target is a directory that is not empty, so that the last step is refused.
        try Directory.makeAll(path("target/inner"))
        assertErrno(
            .isDirectory, try File.replaceAtomically(path("target"), with: Array("new".utf8)))
        XCTAssertEqual(try Directory.names(folder), ["target"])
        XCTAssertEqual(try Directory.names(path("target")), ["inner"])
    }

    func testAReaderSeesTheOldOrTheNewContentWhileItIsReplaced() throws {
        let contents = ["a", "b"].map { String(repeating: $0, count: 100_000) }
        try write("file", contents[0])
        let name = path("file")
        let bytes = contents.map { Array($0.utf8) }
        let isDone = try EventFd()
        let fd = isDone.fd
        try KernelThread.start(name: "replacer") {
            for round in 0..<50 {
                expectNoError { try File.replaceAtomically(name, with: bytes[round & 1]) }
            }
            let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
            expectNoError { try Transmit.writeAll(fd, one) }
        }
        while try !isDone.drain() {
            XCTAssertTrue(contents.contains(try text("file")))
        }
    }

    func testAFileOverTheCapIsRefused() throws {
        try write("file", "12345")
        assertErrno(.fileTooLarge, try File.readWhole(path("file"), sizeBytesMax: 4))
        XCTAssertEqual(try File.readWhole(path("file"), sizeBytesMax: 5).count, 5)
        // Files of /proc say that they have no bytes.
        assertErrno(.fileTooLarge, try File.readWhole("/proc/self/status", sizeBytesMax: 10))
    }

    func testAnExclusiveRenameKeepsWhatIsThere() throws {
        try write("one", "1")
        try write("two", "2")
        assertErrno(.exists, try File.renameExclusively(path("one"), to: path("two")))
        try File.renameExclusively(path("one"), to: path("three"))
        XCTAssertEqual(try text("two"), "2")
        try File.exchange(path("two"), path("three"))
        XCTAssertEqual(try text("two"), "1")
    }

    func testNoFollowRefusesALink() throws {
        try write("file", "x")
        try File.link(path("link"), to: path("file"))
        assertErrno(.loop, try File.open(path("link"), [.readOnly, .noFollow]).fd)
        XCTAssertEqual(try File.readLink(path("link")), path("file"))
        XCTAssertEqual(try File.realPath(path("link")), path("file"))
        XCTAssertEqual(try FileStatus.of(path("link"), followsLink: false).kind, .symbolicLink)
        XCTAssertEqual(try FileStatus.of(path("link")).kind, .file)
    }

    func testALockHasOneHolderUntilItIsDropped() throws {
        do {
            let first = try held(FileLock.acquire(path("lock")))
            try first.write(Array("123".utf8))
            XCTAssertTrue(try isLocked())
        }
        XCTAssertFalse(try isLocked())
        XCTAssertEqual(try text("lock"), "123")
    }

    private func isLocked() throws -> Bool {
        switch try FileLock.acquire(path("lock")) {
        case .some: false
        case .none: true
        }
    }

    private func held(_ lock: consuming FileLock?) throws -> FileLock {
        switch consume lock {
        case .some(let lock): return lock
        case .none: throw Errno.again
        }
    }

    func testPathsAreTakenApartAsTheShellDoes() {
        let cases = [
            ("a", ".", "a"), ("/a", "/", "a"), ("/a/b", "/a", "b"), ("a/b/", "a", "b"),
            ("/a//b", "/a", "b"), ("/", ".", ""),
        ]
        for (path, parent, name) in cases where path != "/" {
            XCTAssertEqual(Path.parent(path), parent, path)
            XCTAssertEqual(Path.name(path), name, path)
        }
        XCTAssertEqual(Path.name("/"), "")
        XCTAssertEqual(Path.join("a", "b"), "a/b")
        XCTAssertEqual(Path.join("a/", "b"), "a/b")
        XCTAssertEqual(Path.join("a", "/b"), "/b")
    }
}
