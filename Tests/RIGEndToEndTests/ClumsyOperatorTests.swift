import Foundation
import Glibc
import XCTest

/// What an operator, or somebody beside him, can do to a RIG folder and to the command's start.
final class ClumsyOperatorTests: XCTestCase {
    func testAPackCannotTakeTheNamespaceOfAnother() throws {
        // Both folders lead to `echo`: without an `as` neither serves, with one that one does.
        for (alias, serving) in [("", []), ("    as: echo\n", ["rig-pack-echo"])] {
            let bench = try Workbench()
            try bench.expectSuccess(["init"])
            let text = try bench.read("rig.yaml").replacingOccurrences(
                of: "\npacks: []\n",
                with: "\npacks:\n  - path: \"\(Workbench.pythonEcho)\"\n\(alias)"
                    + "  - path: \"\(Workbench.nodeEcho)\"\n")
            try bench.write(text, to: "rig.yaml")
            let packs = try XCTUnwrap(
                try bench.rig(["packs", "--json"]).json()["packs"] as? [[String: Any]])
            let served = packs.filter { $0["state"] as? String == "serving" }
            XCTAssertEqual(served.compactMap { $0["pack"] as? String }, serving)
            XCTAssertEqual(packs.count, 2)
            let call = try bench.rig(["call", "echo.say", #"{"text": "a"}"#])
            XCTAssertEqual(call.status == 0, !serving.isEmpty, call.err)
        }
    }

    func testAStateFolderThatOthersCanWriteToIsRefused() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        for mode in [0o777, 0o720] {
            XCTAssertEqual(chmod(bench.path(".rig"), mode_t(mode)), 0)
            let outcome = try bench.rig(["list"])
            XCTAssertEqual(outcome.status, 1)
            XCTAssertTrue(outcome.err.contains("others can write"), outcome.err)
            XCTAssertTrue(outcome.err.contains("hint: chmod 700"), outcome.err)
        }
    }

    func testAStateFolderOfSomebodyElseIsRefused() throws {
        try XCTSkipUnless(geteuid() == 0, "only root can give a folder away")
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        XCTAssertEqual(chown(bench.path(".rig"), 1, 1), 0)
        for words in [["list"], ["approvals"], ["audit", "query"]] {
            let outcome = try bench.rig(words)
            XCTAssertEqual(outcome.status, 1, outcome.err)
            XCTAssertTrue(outcome.err.contains("belongs to user 1"), outcome.err)
            XCTAssertTrue(outcome.err.contains("hint: "), outcome.err)
        }
    }

    func testADamagedOrNewerRecordIsNamedInWords() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        try bench.write("no database", to: ".rig/state.db")
        let outcome = try bench.rig(["list"])
        XCTAssertEqual(outcome.status, 1)
        XCTAssertTrue(outcome.err.contains("damaged or no database"), outcome.err)
        XCTAssertTrue(outcome.err.contains("hint: "), outcome.err)
    }

    /// Without its standard streams the program's own descriptors once had their numbers.
    func testAClosedStandardStreamIsNoOtherFile() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let rig = Workbench.binaries.appendingPathComponent("rig").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "'\(rig)' version >&-"]
        process.currentDirectoryURL = bench.folder
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 1)
        XCTAssertTrue(text.contains("EBADF"), text)
    }
}
