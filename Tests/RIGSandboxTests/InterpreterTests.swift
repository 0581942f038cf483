import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

final class InterpreterTests: XCTestCase {
    /// A program under the name of an interpreter.
    private func find(
        _ script: String, timeoutMilliseconds: Int = 30_000
    ) throws -> Interpreter {
        let directory = try Directory.makeTemporary(in: "/tmp", prefix: "rig-interpreter-")
        defer { try? Directory.removeTree(directory) }
        let path = directory + "/python3"
        try File.replaceAtomically(path, with: Array("#!/bin/sh\n\(script)\n".utf8), mode: 0o755)
        return try Interpreter.find(
            .python, environment: ["PATH": "\(directory):/usr/bin:/bin"],
            timeoutMilliseconds: timeoutMilliseconds)
    }

    private func assertFault(
        _ fault: InterpreterFault, _ script: String, file: StaticString = #filePath,
        line: UInt = #line
    ) {
        XCTAssertThrowsError(try find(script), file: file, line: line) {
            XCTAssertEqual($0 as? SandboxError, .interpreter(fault), file: file, line: line)
        }
    }

    func testFoundInterpreterIsARealProgram() throws {
        for runtime in Interpreter.Runtime.allCases {
            let interpreter = try Workbench.interpreter(runtime)
            XCTAssertEqual(try File.realPath(interpreter.executable), interpreter.executable)
            let head = try File.open(interpreter.executable)
            var room = [UInt8](repeating: 0, count: 4)
            _ = try Transmit.read(head.fd, into: &room)
            XCTAssertEqual(room, [0x7f] + Array("ELF".utf8))
            XCTAssertFalse(interpreter.readable.contains("/"))
            XCTAssertFalse(interpreter.readable.contains("/etc"))
        }
    }

    func testShimIsSeenThrough() throws {
        let real = try Workbench.interpreter(.python)
        let found = try find("exec \(real.executable) \"$@\"")
        XCTAssertEqual(found, real)
    }

    func testFaultsAreNamed() throws {
        XCTAssertThrowsError(try Interpreter.find(.node, environment: ["PATH": "/nonexistent"])) {
            XCTAssertEqual($0 as? SandboxError, .interpreter(.notFound))
        }
        assertFault(.doesNotRun, "exit 3")
        XCTAssertThrowsError(try find("exec sleep 100", timeoutMilliseconds: 100)) {
            XCTAssertEqual($0 as? SandboxError, .interpreter(.timedOut))
        }
        assertFault(.notUnderstood, "echo hello")
        assertFault(.notUnderstood, #"echo '{"executable": "relative", "version": "3.11"}'"#)
        let answer = #"{"executable": "/x", "version": "3.8.10", "files": [], "library": []}"#
        assertFault(.tooOld(version: "3.8.10"), "echo '\(answer)'")
    }
}
