import RIGLoop
import RIGModel
import XCTest

@testable import RIGWorker

/// What workers say beside their answers.
final class CaptureTests: LoopTestCase {
    @RequestLoop
    func testLinesOfBothStreamsReachTheLogWithTheirLevelAndTheRestAtTheEnd() async throws {
        let bench = try PoolBench()
        let said = try await bench.call(
            "say", #"{"stdout": [["one\ntwo\n", 1]], "stderr": [["three\nfour", 1]]}"#)
        XCTAssertNil(said.failure)
        await bench.close()
        let lines = bench.journal.entries
        XCTAssertEqual(
            lines.filter { $0.level == "info" }.map(\.text), ["imported", "one", "two"])
        XCTAssertEqual(
            lines.filter { $0.level == "warning" }.map(\.text), ["three", "four"])
        XCTAssertEqual(Set(lines.map(\.namespace)), ["steered"])
        XCTAssertEqual(Set(lines.map(\.pid)).count, 1)
    }

    @RequestLoop
    func testALongLineIsCutOnceAndTheNextOneIsWhole() async throws {
        let bench = try PoolBench()
        let said = try await bench.call(
            "say", #"{"stderr": [["x", 50000], ["\nafter\n", 1]]}"#)
        XCTAssertNil(said.failure)
        await bench.close()
        let lines = bench.journal.entries.filter { $0.level == "warning" }.map(\.text)
        XCTAssertEqual(lines.count, 2)
        XCTAssertEqual(lines.last, "after")
        let cut = try XCTUnwrap(lines.first)
        XCTAssertEqual(cut.utf8.count, Limits.workerLogLineBytesMax)
        XCTAssertEqual(Set(cut), ["x"])
    }

    @RequestLoop
    func testAFloodIsDroppedAndCountedAndTheWorkerIsNotHeldUp() async throws {
        let bench = try PoolBench()
        let said = try await bench.call("say", #"{"stderr": [["0123456789\n", 200000]]}"#)
        XCTAssertNil(said.failure)
        await bench.close()
        let lines = bench.journal.entries.filter { $0.level == "warning" }.map(\.text)
        let passed = lines.count { $0 == "0123456789" }
        let notices = lines.filter { $0.hasSuffix("lines were dropped: too many a second") }
        let dropped = notices.compactMap { Int($0.prefix { $0 != " " }) }.reduce(0, +)
        XCTAssertGreaterThan(passed, 0)
        XCTAssertGreaterThan(dropped, 0)
        XCTAssertEqual(passed + dropped, 200_000, "every line is passed on or counted")
        XCTAssertEqual(passed + notices.count, lines.count)
    }

    @RequestLoop
    func testALogMessageIsCutLikeALine() async throws {
        let bench = try PoolBench()
        for args in [
            #"{"level": "error", "text": "y", "count": 20000}"#,
            #"{"level": "debug", "text": "short"}"#,
        ] {
            let logged = try await bench.call("log", args)
            XCTAssertNil(logged.failure)
        }
        let long = try XCTUnwrap(bench.journal.entries.first { $0.level == "error" })
        XCTAssertEqual(long.text, String(repeating: "y", count: Limits.workerLogLineBytesMax))
        XCTAssertEqual(bench.journal.entries.first { $0.level == "debug" }?.text, "short")
        await bench.close()
    }
}
