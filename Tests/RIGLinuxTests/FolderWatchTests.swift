import RIGLinux
import XCTest

final class FolderWatchTests: FolderTestCase {
    func testNamesOfWhatChangedAreTakenOnceEach() throws {
        let watch = try FolderWatch(folder)
        XCTAssertEqual(try watch.take(), [])
        try write("a", "1")
        XCTAssertTrue(try Poll.wait(watch.fd, for: .read, timeoutMilliseconds: 1000))
        XCTAssertTrue(try watch.take().contains("a"))
        XCTAssertEqual(try watch.take(), [])
        try File.remove(path("a"))
        XCTAssertEqual(try watch.take(), ["a"])
    }

    func testManyEventsAreAllTaken() throws {
        let watch = try FolderWatch(folder)
        let names = (0..<500).map { "file-\($0)-" + String(repeating: "x", count: 40) }
        for name in names { try File.makeDirectory(path(name)) }
        XCTAssertEqual(try watch.take(), Set(names))
    }

    func testOnlyDirectoriesCanBeWatched() throws {
        try write("file", "")
        assertErrno(.notDirectory, _ = try FolderWatch(path("file")).fd)
        assertErrno(.noEntry, _ = try FolderWatch(path("missing")).fd)
    }
}
