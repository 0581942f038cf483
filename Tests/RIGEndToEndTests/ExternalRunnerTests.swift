import Foundation
import RIGLinux
import XCTest

/// rig.yaml with a runner that someone else supervises: here, this test.
final class ExternalRunnerTests: XCTestCase {
    private static func runner(_ bench: Workbench, _ runtime: String) throws -> Process {
        let process = Process()
        let main = runtime == "python" ? "main.py" : "main.cjs"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            runtime == "python" ? "python3" : "node",
            Workbench.pack("runners/\(runtime)/\(main)"), "--listen",
            "unix:" + bench.path("\(runtime).sock"),
        ]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["TMPDIR": bench.folder.path]) { $1 }
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func configure(
        _ bench: Workbench, _ runtime: String, runner: String = ", sandbox: external",
        pack: String = "{}", sandbox: String = "standard"
    ) throws {
        let path = runtime == "python" ? Workbench.pythonEcho : Workbench.nodeEcho
        try bench.write(
            """
            version: 1
            sandbox: {level: \(sandbox)}
            runners: {\(runtime): {url: "unix:./\(runtime).sock"\(runner)}}
            packs:
              - path: "\(path)"
                as: far
                limits: {memory: 512MiB}

            """ + (pack == "{}" ? "" : "    \(pack)\n"), to: "rig.yaml")
    }

    func testToolsAreServedFromBothRuntimesAndTheAuditSaysExternal() throws {
        for runtime in ["python", "node"] {
            let bench = try Workbench()
            try Self.configure(bench, runtime)
            // It may come up after rig: that waits.
            let runner = try Self.runner(bench, runtime)
            defer {
                runner.terminate()
                runner.waitUntilExit()
            }
            try bench.expectSuccess(["call", "far.say", #"{"text": "here"}"#])
            let rows = try bench.rig(["audit", "query", "--json"]).json()["rows"]
            let sandboxes = (rows as? [[String: Any]] ?? []).compactMap { $0["sandbox"] as? String }
            XCTAssertFalse(sandboxes.isEmpty)
            XCTAssertEqual(Set(sandboxes), ["external"])
        }
    }

    func testWhatRIGCannotSeeIsRefusedByName() throws {
        let cases: [(runner: String, pack: String, sandbox: String, words: String)] = [
            ("", "{}", "standard", "sandbox.level: standard"),
            ("", "{}", "strict", "sandbox.level: strict"),
            (", sandbox: external", "isolation: per_call", "standard", "isolation: per_call"),
            (", sandbox: external", "jit: false", "standard", "jit: false"),
            (", sandbox: external", "native: true", "none", "native: true"),
            (", sandbox: external", "grants: {env: {A: b}}", "standard", "grants.env"),
            (
                ", sandbox: external", "grants: {net: [\"a.example:443\"]}", "standard",
                "grants.net"
            ),
            (", sandbox: external", "grants: {fs: {data: ro}}", "standard", "grants.fs.data: ro"),
            (
                ", sandbox: external",
                "grants: {secrets: {a: {from: \"env:A\", deliver: env, as: env A}}}", "standard",
                "grants.secrets.a"
            ),
        ]
        for one in cases {
            let bench = try Workbench()
            try Self.configure(
                bench, "python", runner: one.runner, pack: one.pack, sandbox: one.sandbox)
            let outcome = try bench.rig(["call", "far.say", #"{"text": "here"}"#])
            XCTAssertEqual(outcome.status, 1, "\(one): \(outcome.err)")
            XCTAssertTrue(outcome.err.contains("\(one.words)"), "\(one): \(outcome.err)")
            XCTAssertTrue(outcome.err.contains("runners.python.url is a socket"), outcome.err)
        }
    }

    func testARunnerThatIsNotThereIsNamed() throws {
        let bench = try Workbench()
        try Self.configure(bench, "python")
        let list = try bench.rig(["list", "--wait", "200ms"])
        XCTAssertEqual(list.status, 0)
        XCTAssertTrue(list.err.contains("python.sock"), list.err)
    }

    func testSandboxExternalIsForSocketsOnly() throws {
        let bench = try Workbench()
        try bench.write(
            "version: 1\nrunners: {python: {url: \"spawn:python3\", sandbox: external}}\n",
            to: "rig.yaml")
        let check = try bench.rig(["config", "check"])
        XCTAssertEqual(check.status, 2)
        XCTAssertTrue(check.err.contains("runners.python.sandbox"), check.err)
    }
}
