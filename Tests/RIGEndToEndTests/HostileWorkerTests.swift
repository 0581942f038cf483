import Foundation
import Glibc
import XCTest

/// Packs that aim at the sidecar itself: at what it reads away, shows and cleans up.
final class HostileWorkerTests: XCTestCase {
    /// A Python pack whose tool `go` has this body, with `write` for raw bytes to the sidecar.
    private func bench(_ body: String, limits: String? = nil) throws -> Workbench {
        let bench = try Workbench()
        let folder = try bench.makePack(
            "python", "hostile", tools: Workbench.tool(more: #", "idempotent": false"#))
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
    /// that its end was never seen. Its launcher is stopped here, so that ending it takes a while.
    func testAFloodAfterABrokenFrameIsReadAway() throws {
        let bench = try bench(
            """
            open("waits", "w").close()
            while not os.path.exists("go"):
                pass
            write(b"\\xff\\xff\\xff\\x7f" + bytes(1 << 20))
            open("written", "w").close()
            while True:
                pass
            """, limits: "{max_input: 1KiB, max_output: 1KiB}")
        // The test looks into the work directory, which at level strict only the worker sees.
        try bench.write(
            bench.read("rig.yaml").replacingOccurrences(
                of: "sandbox: {level: strict}", with: "sandbox: {level: standard}"),
            to: "rig.yaml")
        let process = bench.process(["call", "bad.go"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { kill(process.processIdentifier, SIGKILL) }
        let work = try XCTUnwrap(try eventually { try self.directory(with: "waits", in: bench) })
        let launcher = try XCTUnwrap(Self.child(of: process.processIdentifier))
        kill(launcher, SIGSTOP)
        try Data().write(to: work.appendingPathComponent("go"))
        let written = try eventually { try self.directory(with: "written", in: bench) }
        kill(launcher, SIGCONT)
        XCTAssertNotNil(written, "nobody reads what a worker writes that is being ended")
        guard written != nil else { return }
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 1)
        XCTAssertEqual(try bench.names(".rig/work"), ["lock"])
    }

    /// The work directory that holds a file of this name.
    private func directory(with name: String, in bench: Workbench) throws -> URL? {
        let work = bench.folder.appendingPathComponent(".rig/work")
        let paths = FileManager.default.enumerator(at: work, includingPropertiesForKeys: nil)
        while let path = paths?.nextObject() as? URL {
            if path.lastPathComponent == name { return path.deletingLastPathComponent() }
        }
        return nil
    }

    /// What a condition of another process gives, once it does; nil when that takes far too long.
    private func eventually<Value>(_ look: () throws -> Value?) throws -> Value? {
        let end = Date() + 30
        while Date() < end {
            if let value = try look() { return value }
            sched_yield()
        }
        return nil
    }

    private static func child(of pid: Int32) -> Int32? {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return folders.compactMap { Int32($0) }.first { candidate in
            let path = "/proc/\(candidate)/stat"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && Int32(fields[1]) == pid
        }
    }
}
