import Glibc
import RIGLinux
import XCTest

final class DirectoryTests: FolderTestCase {
    func testMakingAllKeepsWhatIsThereAndGivesTheMode() throws {
        try Directory.makeAll(path("a/b/c"), mode: 0o700)
        try Directory.makeAll(path("a/b/c"))
        XCTAssertEqual(try FileStatus.of(path("a/b")).mode, 0o700)
        try write("file", "x")
        assertErrno(.notDirectory, try Directory.makeAll(path("file")))
        assertErrno(.notDirectory, try Directory.makeAll(path("file/below")))
    }

    func testNamesAreSortedAndWithoutDots() throws {
        for name in ["b", "a", ".hidden", "C"] { try write(name, "") }
        XCTAssertEqual(try Directory.names(folder), [".hidden", "C", "a", "b"])
    }

    func testRemovingATreeRemovesLinksAndNotWhatTheyName() throws {
        try Directory.makeAll(path("outside/deep"))
        try write("outside/deep/file", "kept")
        try Directory.makeAll(path("tree/inner"))
        try File.link(path("tree/to-folder"), to: path("outside"))
        try File.link(path("tree/inner/to-file"), to: path("outside/deep/file"))
        try File.link(path("tree/dangling"), to: path("nowhere"))
        try File.link(path("tree/up"), to: "..")
        try Directory.removeTree(path("tree"))
        XCTAssertEqual(try Directory.names(folder), ["outside"])
        XCTAssertEqual(try text("outside/deep/file"), "kept")
    }

    func testRemovingATreeThatIsALinkRemovesTheLink() throws {
        try Directory.makeAll(path("outside"))
        try write("outside/file", "kept")
        try File.link(path("tree"), to: path("outside"))
        try Directory.removeTree(path("tree"))
        XCTAssertEqual(try text("outside/file"), "kept")
        XCTAssertNil(try FileStatus.ifPresent(path("tree"), followsLink: false))
    }

    func testContentsOfALinkAreNotRemoved() throws {
        try Directory.makeAll(path("outside"))
        try write("outside/file", "kept")
        try File.link(path("tree"), to: path("outside"))
        assertErrno(.notDirectory, try Directory.removeContents(path("tree")))
        XCTAssertEqual(try text("outside/file"), "kept")
        try Directory.removeContents(path("outside"))
        XCTAssertEqual(try Directory.names(path("outside")), [])
    }

    func testAReadOnlyTreeIsRemoved() throws {
        try Directory.makeAll(path("tree/inner"))
        try write("tree/inner/file", "x")
        try File.setMode(path("tree/inner/file"), 0o400)
        try File.setMode(path("tree/inner"), 0o500)
        try File.setMode(path("tree"), 0o100)
        try Directory.removeTree(path("tree"))
        XCTAssertEqual(try Directory.names(folder), [])
    }

    func testAMissingTreeIsNoError() throws {
        try Directory.removeTree(path("missing"))
        try Directory.removeTree(path("missing/too"))
    }

    func testATreeOfAnyDepthIsRemoved() throws {
        // Deeper than a path can name, and than a process has descriptors.
        try Directory.makeAll(path("d"))
        for _ in 0..<20 {
            let level = Array(repeating: "d", count: 100)
            try Directory.makeAll(path(level.joined(separator: "/")))
            try File.rename(path("d"), to: path("inner"))
            try Directory.makeAll(path(level.joined(separator: "/")))
            try write((level + ["file"]).joined(separator: "/"), "x")
            try File.rename(path("inner"), to: path((level + ["d"]).joined(separator: "/")))
        }
        try Directory.removeTree(path("d"))
        XCTAssertEqual(try Directory.names(folder), [])
    }

    func testANameThatIsNoTextIsRemoved() throws {
        try Directory.makeAll(path("tree/inner"))
        for name in [[0xFF, 0xFE], [0xC3], [0x0A], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            let bytes = Array(path("tree/inner/").utf8) + name + [0]
            let fd = open(bytes.map(CChar.init(bitPattern:)), O_CREAT | O_WRONLY, 0o600)
            XCTAssertGreaterThanOrEqual(fd, 0)
            close(fd)
        }
        XCTAssertEqual(try Directory.names(path("tree/inner")).count, 4)
        try Directory.removeTree(path("tree"))
        XCTAssertEqual(try Directory.names(folder), [])
    }
}
