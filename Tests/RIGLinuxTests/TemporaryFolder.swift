import RIGLinux
import XCTest

/// A private folder for each test, removed after it.
class FolderTestCase: XCTestCase {
    private(set) var folder = ""

    override func setUpWithError() throws {
        folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-linux-")
    }

    override func tearDownWithError() throws {
        try Directory.removeTree(folder)
    }

    func path(_ name: String) -> String { Path.join(folder, name) }

    func write(_ name: String, _ text: String) throws {
        try File.replaceAtomically(path(name), with: Array(text.utf8))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try File.readWhole(path(name), sizeBytesMax: 1 << 20), as: UTF8.self)
    }
}

func assertErrno<Result>(
    _ expected: Errno, _ body: @autoclosure () throws -> Result, line: UInt = #line
) {
    XCTAssertThrowsError(try body(), line: line) {
        XCTAssertEqual($0 as? Errno, expected, line: line)
    }
}

/// Runs what another thread does in a test; a refusal there fails the test.
func expectNoError(_ body: () throws -> Void, line: UInt = #line) {
    do {
        try body()
    } catch {
        XCTFail("\(error)", line: line)
    }
}
