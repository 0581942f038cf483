import Foundation
import XCTest

/// A RIG folder with one Node pack, `till`, whose tool `pay` moves money. The worker writes
/// into its data folder what it is asked for.
final class ApprovalBench {
    let folder: Workbench

    private static let program = """
        exports.metadata = () =>
          ({ rsp: "1.0", name: "rig-pack-till", version: "1.0.0", capabilities: {fs: ["data"]} });
        const object = { type: "object" };
        exports.tools = () => [
          { rtp: "1.0", name: "pay", description: "Pays.", risk: "money", input_schema: object },
          { rtp: "1.0", name: "look", description: "Looks.", risk: "read", input_schema: object },
        ];
        exports.invoke = async (tool, args, ctx) => {
          require("node:fs").appendFileSync(`${ctx.data_dir}/seen`, `${ctx.approval_id}\n`);
          return { ok: true, output: { tool, args, approval: ctx.approval_id } };
        };

        """

    init() throws {
        folder = try Workbench()
        try FileManager.default.createDirectory(
            at: folder.folder.appendingPathComponent("till"), withIntermediateDirectories: true)
        try folder.write(Self.program, to: "till/index.cjs")
        try folder.write(
            #"{"name": "rig-pack-till", "version": "1.0.0", "main": "index.cjs"}"#,
            to: "till/package.json")
        try folder.expectSuccess(["init"])
        unchanged = try folder.read("rig.yaml").replacingOccurrences(
            of: "\npacks: []\n",
            with: "\npacks:\n  - {path: ./till, as: till, grants: {fs: {data: rw}}}\n")
        try folder.write(unchanged, to: "rig.yaml")
    }

    /// rig.yaml without a policy of its own.
    private var unchanged = ""

    func setPolicy(_ lines: String...) throws {
        var text = unchanged
        if let start = text.range(of: "\npolicy:") { text = String(text[..<start.lowerBound]) }
        try folder.write(
            text + "\npolicy:\n" + lines.map { "  \($0)\n" }.joined(), to: "rig.yaml")
    }

    struct Reply {
        let status: Int32
        let result: [String: Any]
        /// How many payments the worker has seen by now.
        let seen: Int

        var error: [String: Any] { result["error"] as? [String: Any] ?? [:] }
        var type: String? { error["type"] as? String }
        var meta: [String: Any] { result["meta"] as? [String: Any] ?? [:] }
        var text: String { "\(result)" }

        var approval: (id: String, token: String, way: String)? {
            guard let approval = error["approval"] as? [String: Any],
                let id = approval["approval_id"] as? String,
                let token = approval["approval_token"] as? String,
                let way = (approval["approve_with"] as? [String])?.first
            else { return nil }
            return (id, token, way)
        }

        func expectRefused(
            _ reason: String, _ what: String = "", file: StaticString = #filePath,
            line: UInt = #line
        ) {
            XCTAssertEqual(status, 4, what, file: file, line: line)
            XCTAssertEqual(type, "approval_invalid", what, file: file, line: line)
            let details = error["details"] as? [String: Any]
            XCTAssertEqual(details?["reason"] as? String, reason, what, file: file, line: line)
            XCTAssertEqual(meta["attempts"] as? Int, 0, what, file: file, line: line)
            XCTAssertNil(meta["approval_id"], what, file: file, line: line)
        }
    }

    private static let args = #"{"amount": 100, "to": "alice"}"#

    private func words(_ args: String, _ options: [String], _ token: String?) -> [String] {
        ["call", "till.pay", args, "--json"] + options
            + (token.map { ["--approval-token", $0] } ?? [])
    }

    func pay(
        _ args: String = args, _ options: [String] = [], token: String? = nil
    ) throws -> Reply {
        let outcome = try folder.rig(words(args, options, token))
        return Reply(status: outcome.status, result: try outcome.json(), seen: try effects().count)
    }

    func pay(_ options: [String], token: String? = nil) throws -> Reply {
        try pay(Self.args, options, token: token)
    }

    /// A payment that is under way.
    func start(_ args: String = args, token: String?) throws -> (Process, URL) {
        let process = folder.process(words(args, [], token))
        let url = folder.folder.appendingPathComponent("out-" + UUID().uuidString)
        _ = FileManager.default.createFile(atPath: url.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: url)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, url)
    }

    /// The approvals of the calls that the worker has seen, in their order.
    func effects() throws -> [String] {
        let place = ".rig/data/till/seen"
        guard FileManager.default.fileExists(atPath: folder.path(place)) else { return [] }
        return try folder.read(place).split(separator: "\n").map(String.init)
    }

    func approve(_ id: String, note: String = "") throws {
        try folder.expectSuccess(["approve", id] + (note.isEmpty ? [] : ["--note", note]))
    }

    func approval(_ id: String) throws -> [String: Any] {
        let shown = try folder.rig(["approvals", "show", id, "--json"])
        return try XCTUnwrap(shown.json()["approval"] as? [String: Any], shown.err)
    }

    /// Audit rows, newest first.
    func rows() throws -> [[String: Any]] {
        let query = try folder.rig(["audit", "query", "--json", "--limit", "10000"])
        return try XCTUnwrap(query.json()["rows"] as? [[String: Any]])
    }

    /// How the call that used an approval ended; "unknown_outcome" for one that was killed.
    func outcomes(of id: String) throws -> [String] {
        let all = try rows()
        let calls = all.filter {
            $0["kind"] as? String == "intent" && ($0["note"] as? String)?.contains(id) == true
        }.compactMap { $0["call_id"] as? String }
        return all.filter {
            $0["kind"] as? String == "outcome" && calls.contains($0["call_id"] as? String ?? "")
        }.compactMap { $0["status"] as? String }
    }

    func intents(of id: String? = nil) throws -> Int {
        try rows().filter { row in
            row["kind"] as? String == "intent"
                && (id.map { (row["note"] as? String)?.contains($0) == true } ?? true)
        }.count
    }
}
