import Foundation
import XCTest

/// `rig call` that is stopped while its tool is at work.
final class InterruptionTests: XCTestCase {
    private static func bench() throws -> Workbench {
        let bench = try Workbench.mounting(
            [
                ("py", Workbench.fixture("python", "tally")),
                ("js", Workbench.fixture("node", "tally")),
            ], limits: "{timeout: 2h}")
        try bench.allowWrites()
        return bench
    }

    /// Starts a call that takes an hour and returns once a worker has said `word`.
    private static func begin(
        _ bench: Workbench, _ tool: String, until word: String = "mark k"
    ) throws -> (process: Process, out: Pipe) {
        let process = bench.process(
            ["call", tool, #"{"key": "k", "seconds": 3600}"#, "--json"],
            environment: ["RIG_LOG": "info"])
        let (out, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = errors
        try process.run()
        var text = ""
        while !text.contains(word) {
            let bytes = errors.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw Ended(words: text) }
            text += String(decoding: bytes, as: UTF8.self)
        }
        return (process, out)
    }

    private struct Ended: Error { let words: String }

    private static func outcomes(_ bench: Workbench) throws -> [String] {
        let rows = try bench.rig(["audit", "query", "--json"]).json()["rows"] as? [[String: Any]]
        return (rows ?? []).filter { $0["kind"] as? String == "outcome" }
            .compactMap { $0["status"] as? String }
    }

    func testAnInterruptCancelsTheCallPutsItOnRecordAndEndsTheWorkers() throws {
        for (tool, signal) in [("py.mark", SIGINT), ("js.mark", SIGTERM)] {
            let bench = try Self.bench()
            let (process, out) = try Self.begin(bench, tool)
            let workers = NamedProcess.standing(in: bench.folder)
            XCTAssertGreaterThanOrEqual(workers.count, 2, "rig and the launcher of the worker")
            XCTAssertEqual(kill(process.processIdentifier, signal), 0)
            let text = try out.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            XCTAssertEqual(process.terminationReason, .exit)
            XCTAssertEqual(process.terminationStatus, 1)
            let result = try JSONSerialization.jsonObject(with: text) as? [String: Any]
            let error = result?["error"] as? [String: Any]
            XCTAssertEqual(error?["type"] as? String, "cancelled")
            XCTAssertEqual(try Self.outcomes(bench), ["cancelled"])
            for worker in workers { XCTAssertFalse(worker.isAlive, "\(worker.pid) is left") }
            XCTAssertEqual(try bench.names(".rig/work"), ["lock"])
        }
    }

    func testAnInterruptEndsRigWhileAPackIsStillStarting() throws {
        let maker = try Workbench()
        let folder = try maker.makePack("python", "slow", tools: Workbench.tool())
        try maker.write(
            "import time\nprint('importing', flush=True)\ntime.sleep(3600)\n",
            to: "packs/python-slow/made.py")
        let bench = try Workbench.mounting([("slow", folder)])
        let (process, out) = try Self.begin(bench, "slow.go", until: "importing")
        let all = NamedProcess.standing(in: bench.folder)
        XCTAssertEqual(kill(process.processIdentifier, SIGINT), 0)
        let text = try out.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .exit)
        XCTAssertEqual(process.terminationStatus, 1)
        let result = try JSONSerialization.jsonObject(with: text) as? [String: Any]
        let error = result?["error"] as? [String: Any]
        XCTAssertEqual(error?["type"] as? String, "cancelled")
        XCTAssertTrue((error?["message"] as? String ?? "").contains("starting"), "\(error ?? [:])")
        for one in all { XCTAssertTrue(one.ends(), "\(one.pid) is left") }
    }

    /// The tool heeds nothing, so that the first signal alone would wait for its grace.
    func testASecondSignalEndsRigAtOnceAndTheCallHasOneEndOnRecord() throws {
        let maker = try Workbench()
        let folder = try maker.makePack(
            "python", "stubborn", tools: Workbench.tool(risk: #""write""#))
        let made = try maker.read("packs/python-stubborn/made.py")
        try maker.write(
            made + """

                def go(args, ctx):
                    import time
                    ctx.log("info", "mark k")
                    while True:
                        time.sleep(3600)

                def rig_impls():
                    return {"go": go}

                """, to: "packs/python-stubborn/made.py")
        let bench = try Workbench.mounting([("s", folder)], limits: "{timeout: 2h}")
        try bench.allowWrites()
        let (process, _) = try Self.begin(bench, "s.go")
        let all = NamedProcess.standing(in: bench.folder)
        // Two different ones: of the same kind only one may be pending.
        XCTAssertEqual(kill(process.processIdentifier, SIGINT), 0)
        XCTAssertEqual(kill(process.processIdentifier, SIGTERM), 0)
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .exit)
        XCTAssertEqual(process.terminationStatus, 128 + SIGTERM)
        for one in all { XCTAssertTrue(one.ends(), "\(one.pid) is left") }
        try bench.expectSuccess(["list"])
        let ends = try Self.outcomes(bench)
        XCTAssertTrue([["cancelled"], ["unknown_outcome"]].contains(ends), "\(ends)")
    }

    func testAKilledRigLeavesNobodyAndTheNextOneSaysThatNobodyKnows() throws {
        for tool in ["py.mark", "js.mark"] {
            let bench = try Self.bench()
            let (process, _) = try Self.begin(bench, tool)
            let all = NamedProcess.standing(in: bench.folder)
            XCTAssertGreaterThanOrEqual(all.count, 2, "rig and the launcher of the worker")
            XCTAssertEqual(kill(process.processIdentifier, SIGKILL), 0)
            process.waitUntilExit()
            for one in all { XCTAssertTrue(one.ends(), "\(one.pid) is left") }
            XCTAssertEqual(NamedProcess.standing(in: bench.folder), [])
            try bench.expectSuccess(["call", tool, #"{"key": "next"}"#])
            XCTAssertEqual(try Self.outcomes(bench).sorted(), ["ok", "unknown_outcome"])
            XCTAssertEqual(try bench.names(".rig/work"), ["lock"])
        }
    }
}
