import Foundation
import XCTest

/// A folder of its own with the real `rig` in it: what every end-to-end test works on.
final class Workbench {
    let folder: URL
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where the package manager put the binaries that belong to this test run.
    static let binaries: URL = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("rig").path),
            folder.path != "/"
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    struct Outcome {
        let status: Int32
        let endedBySignal: Bool
        let out: String
        let err: String

        /// stdout as JSON.
        func json(file: StaticString = #filePath, line: UInt = #line) throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(out.utf8))
            return try XCTUnwrap(value as? [String: Any], out, file: file, line: line)
        }

        /// The type of the error on stdout under `--json`.
        func errorType() throws -> String? {
            (try json()["error"] as? [String: Any])?["type"] as? String
        }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("rig-test-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    static func pack(_ path: String) -> String {
        root.appendingPathComponent(path).path
    }

    static let pythonEcho = pack("packs/python/rig-pack-echo")
    static let nodeEcho = pack("packs/node/pack-echo")

    /// A workbench with both echo packs mounted as `py` and `js`.
    static func withEchoPacks() throws -> Workbench {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        try bench.expectSuccess(["add", "path", pythonEcho, "--as", "py"])
        try bench.expectSuccess(["add", "path", nodeEcho, "--as", "js"])
        return bench
    }

    /// A workbench whose rig.yaml mounts `packs`: folder by namespace. No pack is run for it.
    static func mounting(
        _ packs: [(namespace: String, folder: String)], limits: String? = nil, more: String = ""
    ) throws -> Workbench {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        var text = try bench.read("rig.yaml")
        XCTAssertTrue(text.contains("\npacks: []\n"), text)
        let entries = packs.map { pack in
            "  - path: \"\(pack.folder)\"\n    as: \(pack.namespace)\n"
                + (limits.map { "    limits: \($0)\n" } ?? "")
        }
        text = text.replacingOccurrences(
            of: "\npacks: []\n", with: "\npacks:\n" + entries.joined())
        try bench.write(text + more, to: "rig.yaml")
        return bench
    }

    static func fixture(_ runtime: String, _ name: String) -> String {
        pack("Tests/Fixtures/packs/\(runtime)/\(name)")
    }

    func process(
        _ arguments: [String], program: String = "rig", environment: [String: String] = [:]
    ) -> Process {
        let process = Process()
        process.executableURL = Self.binaries.appendingPathComponent(program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { _, mine in mine }
            .filter { !["RIG_CONFIG", "RIG_LOG"].contains($0.key) || environment[$0.key] != nil }
        return process
    }

    /// Runs `rig`, or another program of this package, to its end. Output goes through files, so that no amount of it can block.
    @discardableResult
    func rig(
        _ arguments: [String], program: String = "rig", input: Data? = nil,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        let process = process(arguments, program: program, environment: environment)
        let name = UUID().uuidString
        let out = try file("out-" + name)
        let err = try file("err-" + name)
        process.standardOutput = out.handle
        process.standardError = err.handle
        if let input {
            let source = folder.appendingPathComponent("in-" + name)
            try input.write(to: source)
            process.standardInput = try FileHandle(forReadingFrom: source)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        let outcome = Outcome(
            status: process.terminationStatus,
            endedBySignal: process.terminationReason == .uncaughtSignal,
            out: String(decoding: try Data(contentsOf: out.url), as: UTF8.self),
            err: String(decoding: try Data(contentsOf: err.url), as: UTF8.self))
        try? FileManager.default.removeItem(at: out.url)
        try? FileManager.default.removeItem(at: err.url)
        return outcome
    }

    func expectSuccess(
        _ arguments: [String], file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let outcome = try rig(arguments)
        XCTAssertEqual(outcome.status, 0, outcome.err + outcome.out, file: file, line: line)
    }

    /// A call with `--json`, its status and the result.
    func call(
        _ tool: String, _ args: String
    ) throws -> (status: Int32, result: [String: Any], error: [String: Any]?) {
        let outcome = try rig(["call", tool, "-", "--json"], input: Data(args.utf8))
        let result = try outcome.json()
        return (outcome.status, result, result["error"] as? [String: Any])
    }

    /// Lets side effects through without a person.
    func allowWrites() throws {
        let text = try read("rig.yaml")
        XCTAssertTrue(text.contains("write: approve"), text)
        try write(
            text.replacingOccurrences(of: "write: approve", with: "write: allow"), to: "rig.yaml")
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    /// What a folder holds, sorted.
    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    private func file(_ name: String) throws -> (url: URL, handle: FileHandle) {
        let url = folder.appendingPathComponent(name)
        _ = FileManager.default.createFile(atPath: url.path, contents: nil)
        return (url, try FileHandle(forWritingTo: url))
    }
}
