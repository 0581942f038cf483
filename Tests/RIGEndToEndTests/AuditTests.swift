import Foundation
import XCTest

/// The audit's commands, and what rig.yaml says of it, through the real `rig`.
final class AuditTests: XCTestCase {
    private func bench(audit: String) throws -> Workbench {
        let bench = try Workbench.mounting([("py", Workbench.pythonEcho)])
        var text = try bench.read("rig.yaml").split(
            separator: "\n", omittingEmptySubsequences: false
        ).filter { !$0.hasPrefix("audit:") }.joined(separator: "\n")
        text += "\naudit: \(audit)\n"
        try bench.write(text, to: "rig.yaml")
        try bench.allowWrites()
        return bench
    }

    private func call(_ bench: Workbench, _ tool: String, _ args: String) throws {
        let outcome = try bench.rig(["call", tool, args])
        XCTAssertEqual(outcome.status, 0, outcome.err)
    }

    private func rows(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try XCTUnwrap(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    func testVerifyFindsAnEditAndNamesItsRow() throws {
        let bench = try bench(audit: "{args: digest}")
        XCTAssertEqual(try bench.rig(["audit", "verify"]).out, "no calls yet\n")
        try call(bench, "py.say", #"{"text": "one"}"#)
        try call(bench, "py.write_note", #"{"title": "a", "text": "two"}"#)
        let intact = try bench.rig(["audit", "verify"])
        XCTAssertEqual(intact.status, 0, intact.err)
        XCTAssertEqual(intact.out, "intact: rows 1 to 3, 3 checkpoints\n")
        let json = try bench.rig(["audit", "verify", "--json"]).json()
        XCTAssertEqual(json["ok"] as? Bool, true)
        XCTAssertEqual(json["signed_through"] as? Int, 3)

        // The last rows are gone: here, the file is put back to what it was before them.
        let database = bench.folder.appendingPathComponent(".rig/state.db")
        var bytes = try Data(contentsOf: database)
        let place = try XCTUnwrap(bytes.range(of: Data("py.write_note".utf8)))
        bytes[place.lowerBound + 3] = UInt8(ascii: "W")
        try bytes.write(to: database)
        let broken = try bench.rig(["audit", "verify"])
        XCTAssertEqual(broken.status, 1)
        XCTAssertTrue(broken.err.contains("is not as it was written"), broken.err)
        XCTAssertTrue(broken.err.contains("\nhint: "), broken.err)
        let said = try bench.rig(["audit", "verify", "--json"])
        XCTAssertEqual(said.status, 1)
        XCTAssertEqual(try said.errorType(), "row_changed")
    }

    func testExportIsTheWholeAuditInBothForms() throws {
        let bench = try bench(audit: "{args: none}")
        XCTAssertEqual(try bench.rig(["audit", "export"]).out, "")
        for text in ["a", "b", "c"] { try call(bench, "py.say", #"{"text": "\#(text)"}"#) }
        let lines = try rows(bench.rig(["audit", "export"]).out)
        XCTAssertEqual(lines.compactMap { $0["seq"] as? Int }, [1, 2, 3])
        XCTAssertTrue(lines.allSatisfy { $0["hash"] is String && $0["args_digest"] == nil })
        let csv = try bench.rig(["audit", "export", "--format", "csv"]).out
            .components(separatedBy: "\r\n")
        XCTAssertEqual(csv.count, 5, "a header, three rows and the end")
        XCTAssertEqual(csv[0].split(separator: ",").count, 24)
        XCTAssertTrue(csv[1].hasPrefix("1,20"), csv[1])
        let none = try bench.rig(["audit", "export", "--until", "2020-01-01T00:00:00Z"])
        XCTAssertEqual(none.out, "")
        XCTAssertEqual(try bench.rig(["audit", "export", "--format", "xml"]).status, 2)
    }

    func testTailFollowsOtherProcessesUntilItIsInterrupted() throws {
        let bench = try bench(audit: "{args: digest}")
        for text in ["a", "b", "c"] { try call(bench, "py.say", #"{"text": "\#(text)"}"#) }
        let newest = try bench.rig(["audit", "tail", "--lines", "2", "--json"])
        XCTAssertEqual(try rows(newest.out).compactMap { $0["seq"] as? Int }, [2, 3])

        let tail = bench.process(["audit", "tail", "-f", "--json", "--lines", "1"])
        let output = Pipe()
        tail.standardOutput = output
        try tail.run()
        var seen = Data()
        while !seen.contains(0x0A) { seen += output.fileHandleForReading.availableData }
        try call(bench, "py.say", #"{"text": "d"}"#)
        while seen.filter({ $0 == 0x0A }).count < 2 {
            seen += output.fileHandleForReading.availableData
        }
        tail.interrupt()
        tail.waitUntilExit()
        XCTAssertEqual(tail.terminationStatus, 0)
        let text = String(decoding: seen, as: UTF8.self)
        XCTAssertEqual(try rows(text).compactMap { $0["seq"] as? Int }, [3, 4])
    }

    func testArgumentsAreKeptAsTheConfigurationSays() throws {
        let bench = try bench(audit: "{args: redacted}")
        try call(bench, "py.write_note", #"{"title": "a", "text": "hello"}"#)
        let lines = try rows(bench.rig(["audit", "export"]).out)
        XCTAssertEqual(lines.compactMap { $0["kind"] as? String }, ["intent", "outcome"])
        XCTAssertEqual(
            lines.first?["args"] as? String, #"{"text":"<5 characters>","title":"<1 characters>"}"#)
        XCTAssertNil(lines.last?["args"], "the intent has them")
        XCTAssertEqual(
            lines.first?["args_digest"] as? String, lines.last?["args_digest"] as? String)
    }

    func testSinksGetTheRowsOfEveryCall() throws {
        let bench = try bench(
            audit: "{durability: {write: batched}, retention: 1d, sinks: [{jsonl: ./audit.jsonl}]}")
        try call(bench, "py.write_note", #"{"title": "a", "text": "one"}"#)
        try call(bench, "py.say", #"{"text": "two"}"#)
        let exported = try bench.rig(["audit", "export"]).out
        XCTAssertEqual(try bench.read("audit.jsonl"), exported)
        XCTAssertEqual(
            try rows(exported).compactMap { $0["kind"] as? String },
            ["intent", "outcome", "outcome"])
    }

    func testASinkThatFailsIsSaidAndNoCallFails() throws {
        let bench = try bench(audit: "{sinks: [{syslog: ./nobody}]}")
        let outcome = try bench.rig(["call", "py.say", #"{"text": "a"}"#])
        XCTAssertEqual(outcome.status, 0)
        XCTAssertTrue(outcome.err.hasPrefix("rig: audit: sink syslog "), outcome.err)
        XCTAssertTrue(outcome.err.contains("its rows wait in state.db"), outcome.err)
    }
}
