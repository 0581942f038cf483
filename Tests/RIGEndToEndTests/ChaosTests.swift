import Foundation
import RIGAudit
import XCTest

/// Processes that die at any moment: every call ends once, with one outcome on record; no side
/// effect is done twice; and nobody is left behind.
final class ChaosTests: XCTestCase {
    private static let calls = 10_000

    /// What a call may end with when its worker may be killed at any moment.
    private static let ends: [String: Set<String>] = [
        // Reads are sent again, three times at most.
        "say": ["ok", "worker_crashed"],
        "big": ["ok", "worker_crashed"],
        "sleep": ["ok", "worker_crashed"],
        "cancelled": ["cancelled", "worker_crashed"],
        "invalid": ["validation_failed"],
        "unknown": ["tool_not_found"],
        // A side effect is sent once: it is done, or nobody knows.
        "mark": ["ok", "unknown_outcome"],
    ]

    func testTenThousandCallsHaveOneOutcomeEachWhileWorkersAreKilled() throws {
        let chosen = ProcessInfo.processInfo.environment["RIG_STORM_SEED"].flatMap { UInt64($0) }
        let seed = chosen ?? UInt64.random(in: 0 ... .max)
        let bench = try Self.bench(limits: "{workers: {min: 2, max: 3}, timeout: 60s}")
        let outcome = try bench.rig(
            [".", "storm", String(seed), String(Self.calls)], program: "call-storm")
        let note = "RIG_STORM_SEED=\(seed)"
        print(note)
        XCTAssertEqual(outcome.status, 0, "\(note): \(outcome.err)")
        let report = try outcome.json()

        // Every call came back, with an end it may have.
        let ends = try XCTUnwrap(report["ends"] as? [String: [String: Int]])
        XCTAssertEqual(report["answered"] as? Int, Self.calls, note)
        XCTAssertEqual(ends.values.flatMap(\.values).reduce(0, +), Self.calls, note)
        for (kind, counts) in ends {
            let strange = Set(counts.keys).subtracting(Self.ends[kind] ?? [])
            XCTAssertTrue(strange.isEmpty, "\(kind) ended with \(strange); \(note)")
        }
        let killed = report["workers_killed"] as? Int ?? 0
        XCTAssertGreaterThan(killed, 60, "there was no storm; \(note)")
        XCTAssertGreaterThan(report["launchers_killed"] as? Int ?? 0, 5, note)
        let ok = ends.values.compactMap { $0["ok"] }.reduce(0, +)
        XCTAssertGreaterThan(ok, Self.calls * 7 / 10, "\(ends); \(note)")

        // What is done once is done, what nobody knows was not done twice.
        let marks = try XCTUnwrap(report["marks"] as? [String: Int])
        let allowed: Set = [
            "ok with 1 effects", "unknown_outcome with 0 effects",
            "unknown_outcome with 1 effects",
        ]
        XCTAssertTrue(Set(marks.keys).isSubset(of: allowed), "\(marks); \(note)")
        XCTAssertGreaterThan(marks["ok with 1 effects"] ?? 0, 500, "\(marks); \(note)")
        XCTAssertEqual(report["effects_of_unknown_calls"] as? Int, 0, note)

        try checkRecord(bench, ends: ends, note)
        let processes = try XCTUnwrap(report["processes"] as? [String])
        XCTAssertGreaterThan(processes.count, killed, note)
        for process in processes where try XCTUnwrap(NamedProcess(process)).isAlive {
            XCTFail("process \(process) is left; \(note)")
        }
        XCTAssertEqual(NamedProcess.standing(in: bench.folder), [], note)
        XCTAssertEqual(try bench.names(".rig/work"), ["lock"], "work directories are left; \(note)")
    }

    /// One outcome a call, one intent before it for those with a side effect, and a whole chain.
    private func checkRecord(
        _ bench: Workbench, ends: [String: [String: Int]], _ note: String
    ) throws {
        var rows: [[String: Any]] = []
        var cursor: [String] = []
        repeat {
            let page = try bench.rig(
                ["audit", "query", "--json", "--limit", "10000"] + cursor
            ).json()
            rows += try XCTUnwrap(page["rows"] as? [[String: Any]])
            cursor = (page["cursor"] as? Int).map { ["--cursor", String($0)] } ?? []
        } while !cursor.isEmpty
        let outcomes = rows.filter { $0["kind"] as? String == "outcome" }
        let intents = rows.filter { $0["kind"] as? String == "intent" }
        XCTAssertEqual(outcomes.count, Self.calls, note)
        XCTAssertEqual(
            Set(outcomes.compactMap { $0["call_id"] as? String }).count, Self.calls, note)
        XCTAssertEqual(
            Set(intents.compactMap { $0["call_id"] as? String }),
            Set(
                outcomes.filter { ($0["tool"] as? String)?.hasSuffix(".mark") == true }
                    .compactMap { $0["call_id"] as? String }), note)
        XCTAssertEqual(intents.count, Set(intents.compactMap { $0["call_id"] as? String }).count)
        var recorded: [String: Int] = [:]
        for row in outcomes { recorded[row["status"] as? String ?? "none", default: 0] += 1 }
        var answered: [String: Int] = [:]
        for counts in ends.values { answered.merge(counts, uniquingKeysWith: +) }
        XCTAssertEqual(recorded, answered, "the record and the answers differ; \(note)")
        for row in intents {
            let end = outcomes.first { $0["call_id"] as? String == row["call_id"] as? String }
            XCTAssertLessThan(row["seq"] as? Int ?? .max, end?["seq"] as? Int ?? 0, note)
        }
        let reader = try AuditReader.open(bench.path(".rig/state.db"))
        let chain = try reader.verify()
        if case .broken(let seq) = chain { XCTFail("the chain is broken at \(seq); \(note)") }
    }

    func testNobodyIsLeftAfterTheHolderIsKilledAndTheRecordSaysUnknown() throws {
        let bench = try Self.bench(limits: "{workers: {min: 2, max: 3}, timeout: 2h}")
        let process = bench.process([".", "hold", "6"], program: "call-storm")
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var text = ""
        while !text.hasSuffix("held\n") {
            let bytes = pipe.fileHandleForReading.availableData
            guard !bytes.isEmpty else { return XCTFail("call-storm ended early: \(text)") }
            text += String(decoding: bytes, as: UTF8.self)
        }
        let names = text.split(separator: "\n").filter { $0.hasPrefix("process ") }
            .map { String($0.dropFirst(8)) }
        // Four packs, two workers each, and the launcher of each worker.
        XCTAssertGreaterThanOrEqual(names.count, 16)
        let processes = try names.map { try XCTUnwrap(NamedProcess($0)) }
        for process in processes { XCTAssertTrue(process.isAlive, "\(process.pid)") }
        XCTAssertNotEqual(try bench.names(".rig/work"), ["lock"])

        XCTAssertEqual(kill(process.processIdentifier, SIGKILL), 0)
        process.waitUntilExit()
        for process in processes {
            XCTAssertTrue(process.ends(), "\(process.pid) is left")
        }

        XCTAssertEqual(
            NamedProcess.standing(in: bench.folder), [], "someone lives in the killed one's folder")

        // The next start sweeps what is left and says of the calls in flight that nobody knows.
        try bench.expectSuccess(["list"])
        XCTAssertEqual(try bench.names(".rig/work"), ["lock"])
        let rows = try XCTUnwrap(
            bench.rig(["audit", "query", "--json"]).json()["rows"] as? [[String: Any]])
        let statuses = rows.filter { $0["kind"] as? String == "outcome" }
            .compactMap { $0["status"] as? String }
        XCTAssertEqual(statuses, Array(repeating: "unknown_outcome", count: 12))
    }

    private static func bench(limits: String) throws -> Workbench {
        let bench = try Workbench.mounting(
            [
                ("py", Workbench.pythonEcho), ("js", Workbench.nodeEcho),
                ("pytally", Workbench.fixture("python", "tally")),
                ("jstally", Workbench.fixture("node", "tally")),
            ], limits: limits)
        try bench.allowWrites()
        return bench
    }
}
