import Foundation
import XCTest

/// Packs that aim at the sidecar itself: at what it reads away, shows and cleans up.
final class HostileWorkerTests: XCTestCase {
    /// A Python pack whose tool `go` has this body, with `write` for raw bytes to the sidecar.
    private func bench(_ body: String, limits: String? = nil) throws -> Workbench {
        let bench = try Workbench()
        let folder = try bench.makePack("python", "hostile", tools: Workbench.tool())
        let lines = body.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        try
            (String(contentsOfFile: folder + "/made.py", encoding: .utf8) + """


                import os, struct

                def write(data):
                    while data:
                        data = data[os.write(4, data):]

                def go(args, ctx):
                \(lines)
                    return {"done": True}

                def rig_impls():
                    return {"go": go}
                """).write(toFile: folder + "/made.py", atomically: true, encoding: .utf8)
        try bench.expectSuccess(["init"])
        var text = try bench.read("rig.yaml")
        let limits = limits.map { "    limits: \($0)\n" } ?? ""
        text = text.replacingOccurrences(
            of: "\npacks: []\n",
            with: "\npacks:\n  - path: \"\(folder)\"\n    as: bad\n\(limits)")
        try bench.write(text, to: "rig.yaml")
        return bench
    }

    /// What a pack leaves in its work directory spoils neither its answer nor the next command.
    private func expectNoTrace(of body: String, line: UInt = #line) throws {
        let bench = try bench(body)
        for _ in 0..<2 {
            let outcome = try bench.rig(["call", "bad.go"])
            XCTAssertEqual(outcome.out, "{\"done\":true}\n", outcome.err, line: line)
            XCTAssertEqual(outcome.status, 0, outcome.err, line: line)
            XCTAssertEqual(try bench.names(".rig/work"), ["lock"], line: line)
        }
    }

    func testFilesWhoseNamesAreNoTextAreRemoved() throws {
        try expectNoTrace(of: #"open(b"\xff\xfe", "w").close()"#)
    }

    func testDirectoriesOfAnyDepthAreRemoved() throws {
        try expectNoTrace(
            of: """
                for _ in range(1500):
                    os.mkdir("d")
                    os.chdir("d")
                """)
    }

    func testProgressMayBeAnyNumber() throws {
        let numbers = [
            "1e300", "-1e400", "9223372036854775808", "0.5",
            "1" + String(repeating: "0", count: 400),
        ]
        let frames = numbers.map {
            #"{"type":"progress","id":1,"done":\#($0),"total":\#($0)}"#
        }
        let bench = try bench(
            """
            for text in \(frames):
                write(struct.pack("<I", len(text)) + text.encode())
            """)
        let outcome = try bench.rig(["call", "bad.go"])
        XCTAssertEqual(outcome.out, "{\"done\":true}\n", outcome.err)
    }

    /// A worker that goes on writing while it is being ended once filled the reader's buffer, so
    /// that its end was never seen.
    func testAFloodAfterABrokenFrameEndsWithTheWorker() throws {
        let bench = try bench(
            #"write(b"\xff\xff\xff\x7f" + bytes(1 << 26))"#,
            limits: "{max_input: 1KiB, max_output: 1KiB}")
        for _ in 0..<3 {
            let process = bench.process(["call", "bad.go"])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            let ended = expectation(description: "rig ends")
            process.terminationHandler = { _ in ended.fulfill() }
            try process.run()
            wait(for: [ended], timeout: 60)
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        XCTAssertEqual(try bench.names(".rig/work"), ["lock"])
    }
}
