import Foundation
import XCTest

/// `grants.fs`: a pack that asks gets its data folder and the workspace, as far as rig.yaml says.
final class FolderGrantTests: XCTestCase {
    private static let program = """
        const fs = require("node:fs");
        exports.metadata = () => ({
          rsp: "1.0", name: "rig-pack-files", version: "1.0.0",
          capabilities: { fs: ASKED },
        });
        exports.tools = () => [{
          rtp: "1.0", name: "go", description: "Writes and reads.", risk: "read",
          input_schema: { type: "object" },
        }];
        const attempt = (work) => {
          try { return work() ?? "done"; } catch (error) { return error.code; }
        };
        exports.invoke = async (tool, args, ctx) => ({
          ok: true,
          output: Object.fromEntries(["data_dir", "workspace_dir"].map((name) => {
            const folder = ctx[name] ?? ctx[name.replace("_d", "D")];
            return [name, !folder ? null : {
              read: attempt(() => fs.readFileSync(`${folder}/given`, "utf8")),
              write: attempt(() => fs.writeFileSync(`${folder}/made`, "by the pack")),
            }];
          })),
        });

        """

    /// Whoever may write a folder could put a link in the place of what stands in it.
    func testNothingIsTakenFromAFolderThatAPackMayWrite() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let echo = Workbench.pythonEcho
        try FileManager.default.createDirectory(
            at: bench.folder.appendingPathComponent("ws/sub"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: echo, toPath: bench.folder.appendingPathComponent("ws/pack").path)
        try bench.write(
            """
            version: 1
            packs:
              - {path: "\(echo)", as: writer, grants: {fs: {workspace: {path: ./ws, mode: rw}}}}
              - {path: "\(echo)", as: beside, grants: {fs: {workspace: {path: ./ws, mode: ro}}}}
              - {path: "\(echo)", as: below, grants: {fs: {workspace: {path: ./ws/sub, mode: ro}}}}
              - {path: ./ws/pack, as: code}
              - path: "\(echo)"
                as: secret
                grants: {secrets: {key: {from: "file:ws/key", deliver: ctx}}}
            """, to: "rig.yaml")
        for name in ["writer", "beside"] {
            let outcome = try bench.rig(["call", "\(name).say", #"{"text": "a"}"#])
            XCTAssertEqual(outcome.status, 0, outcome.err)
        }
        for (name, what) in [("below", "workspace"), ("code", "own folder"), ("secret", "key")] {
            let outcome = try bench.rig(["call", "\(name).say", #"{"text": "a"}"#])
            XCTAssertEqual(outcome.status, 1, name)
            XCTAssertTrue(outcome.err.contains("could replace it"), outcome.err)
            XCTAssertTrue(outcome.err.contains(what), outcome.err)
        }
    }

    /// A read-only mount says so; without one Landlock denies.
    private func refusal(_ bench: Workbench) throws -> String {
        try bench.read("rig.yaml").contains("sandbox: {level: strict}") ? "EROFS" : "EACCES"
    }

    private func bench(_ grants: String, asked: String) throws -> Workbench {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        for folder in ["files", "work"] {
            try FileManager.default.createDirectory(
                atPath: bench.path(folder), withIntermediateDirectories: true)
        }
        try bench.write("seen", to: "work/given")
        try bench.write(
            Self.program.replacingOccurrences(of: "ASKED", with: asked), to: "files/index.cjs")
        try bench.write(
            #"{"name": "rig-pack-files", "version": "1.0.0", "main": "index.cjs"}"#,
            to: "files/package.json")
        let text = try bench.read("rig.yaml")
        XCTAssertTrue(text.contains("\npacks: []\n"), text)
        try bench.write(
            text.replacingOccurrences(
                of: "\npacks: []\n",
                with: "\npacks:\n  - {path: ./files, as: files, grants: {fs: \(grants)}}\n"),
            to: "rig.yaml")
        return bench
    }

    private func outcome(
        _ bench: Workbench
    ) throws -> (data: [String: String]?, workspace: [String: String]?) {
        let call = try bench.call("files.go", "{}")
        let output = try XCTUnwrap(call.result["output"] as? [String: Any], "\(call.result)")
        return (
            output["data_dir"] as? [String: String], output["workspace_dir"] as? [String: String]
        )
    }

    func testGrantedFoldersAreReadAndWrittenAsTheirModesSay() throws {
        let bench = try bench(
            "{data: rw, workspace: {path: ./work, mode: ro}}", asked: #"["data", "workspace"]"#)
        let isOpen = try bench.read("rig.yaml").contains("sandbox: {level: none}")
        let first = try outcome(bench)
        XCTAssertEqual(first.data, ["read": "ENOENT", "write": "done"])
        XCTAssertEqual(first.workspace?["read"], "seen")
        XCTAssertEqual(first.workspace?["write"], isOpen ? "done" : try refusal(bench))
        XCTAssertEqual(try bench.read(".rig/data/files/made"), "by the pack")
        let mode = try FileManager.default.attributesOfItem(atPath: bench.path(".rig/data/files"))
        XCTAssertEqual((mode[.posixPermissions] as? NSNumber)?.intValue, 0o700)

        // What a pack keeps is there for its next worker.
        try FileManager.default.moveItem(
            atPath: bench.path(".rig/data/files/made"), toPath: bench.path(".rig/data/files/given"))
        XCTAssertEqual(try outcome(bench).data?["read"], "by the pack")
    }

    func testReadOnlyDataAndWritableWorkspace() throws {
        let bench = try bench(
            "{data: ro, workspace: {path: ./work, mode: rw}}", asked: #"["data", "workspace"]"#)
        let isOpen = try bench.read("rig.yaml").contains("sandbox: {level: none}")
        let found = try outcome(bench)
        XCTAssertEqual(found.data?["write"], isOpen ? "done" : try refusal(bench))
        XCTAssertEqual(found.workspace, ["read": "seen", "write": "done"])
        XCTAssertEqual(try bench.read("work/made"), "by the pack")
    }

    func testPackGetsNoFolderThatItDoesNotAskFor() throws {
        let bench = try bench("{data: rw, workspace: {path: ./work, mode: rw}}", asked: "[]")
        let found = try outcome(bench)
        XCTAssertNil(found.data)
        XCTAssertNil(found.workspace)
        XCTAssertFalse(FileManager.default.fileExists(atPath: bench.path(".rig/data")))
    }

    func testPackThatAsksForAFolderWithoutItsGrantIsNotMounted() throws {
        let bench = try bench("{data: rw}", asked: #"["data", "workspace"]"#)
        let call = try bench.call("files.go", "{}")
        XCTAssertTrue("\(call.error ?? [:])".contains("it asks for fs workspace"), "\(call.result)")
    }

    func testWorkspaceThatHoldsTheStateOfRIGIsRefused() throws {
        for path in [".", "..", ".rig", ".rig/work", "/", "./missing", "./work/given"] {
            let bench = try bench(
                "{workspace: {path: \(path), mode: ro}}", asked: #"["workspace"]"#)
            try FileManager.default.createDirectory(
                atPath: bench.path(".rig/work"), withIntermediateDirectories: true)
            let call = try bench.call("files.go", "{}")
            XCTAssertTrue(
                "\(call.error ?? [:])".contains("cannot be given"), "\(path) \(call.result)")
        }
    }
}
