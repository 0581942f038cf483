import Foundation
import XCTest

/// The fixture pack `ledger` beside the echo pack: what it did stands in a file that outlives every
/// process, so an effect is counted even when whoever asked for it was killed.
final class LedgerBench {
    let folder: Workbench

    init(policy: String = "policy: {defaults: {write: allow}}\n") throws {
        folder = try Workbench()
        try folder.expectSuccess(["init"])
        let text = try folder.read("rig.yaml")
        XCTAssertTrue(text.contains("\npacks: []\n") && text.contains("\npolicy:"), text)
        let packs = """
            packs:
              - path: "\(Workbench.fixture("python", "ledger"))"
                as: py
                grants: {fs: {data: rw}}
                limits: {timeout: 1h, workers: {min: 1, max: 1}}
              - path: "\(Workbench.pythonEcho)"
                as: echo

            """
        // The policy of `rig init` goes, up to the next line at the left edge.
        var lines: [Substring] = []
        var isInPolicy = false
        for line in text.replacingOccurrences(of: "packs: []\n", with: packs)
            .split(separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("policy:") {
                isInPolicy = true
            } else if !line.hasPrefix(" "), !line.isEmpty {
                isInPolicy = false
            }
            if !isInPolicy { lines.append(line) }
        }
        try folder.write(lines.joined(separator: "\n") + "\n" + policy, to: "rig.yaml")
    }

    struct Reply {
        let status: Int32
        let result: [String: Any]
        var error: [String: Any] { result["error"] as? [String: Any] ?? [:] }
        var output: [String: Any] { result["output"] as? [String: Any] ?? [:] }
        var meta: [String: Any] { result["meta"] as? [String: Any] ?? [:] }
        /// "ok", or the error's type.
        var end: String { result["ok"] as? Bool == true ? "ok" : error["type"] as? String ?? "" }
        var isReplay: Bool { meta["idempotent_replay"] as? Bool == true }
        var attempts: Int? { meta["attempts"] as? Int }
    }

    static func arguments(_ key: String?, _ more: [String]) -> [String] {
        (key.map { ["--idempotency-key", $0] } ?? []) + more + ["--json"]
    }

    func call(
        _ tool: String, _ args: String, key: String? = nil, _ more: [String] = []
    ) throws -> Reply {
        let outcome = try folder.rig(["call", tool, args] + Self.arguments(key, more))
        return Reply(status: outcome.status, result: try outcome.json())
    }

    /// Starts a call and does not wait for it; what it prints is in the file.
    func start(
        _ tool: String, _ args: String, key: String? = nil
    ) throws -> (process: Process, out: URL) {
        let process = folder.process(["call", tool, args] + Self.arguments(key, []))
        let out = folder.folder.appendingPathComponent("out-" + UUID().uuidString)
        _ = FileManager.default.createFile(atPath: out.path, contents: nil)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, out)
    }

    /// How often the pack was given a call with this key in its arguments.
    func effects(_ key: String) -> Int {
        let notes = (try? folder.read(".rig/data/py/notes")) ?? ""
        return notes.split(separator: "\n").filter { $0 == key }.count
    }

    /// Returns once the pack has begun a call.
    func waitForEffect(_ key: String) throws {
        for _ in 0..<3_000 {
            if effects(key) > 0 { return }
            usleep(10_000)
        }
        XCTFail("the pack was never given \(key)")
    }

    func rows() throws -> [[String: Any]] {
        try XCTUnwrap(folder.rig(["audit", "query", "--json"]).json()["rows"] as? [[String: Any]])
    }
}
