import Foundation
import RIGApproval
import RIGAudit
import RIGStore
import RIGTestSupport
import XCTest

/// kill -9 at any point: an approval is used with its intent or not at all, and never again.
final class ApprovalCrashTests: XCTestCase {
    private var folder = TemporaryFolder("approval")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    private func records() throws -> [AuditRecord] {
        let reader = try AuditReader.open(path)
        var records: [AuditRecord] = []
        while true {
            let page = try reader.page(order: .oldestFirst, after: records.last?.seq, limit: 10_000)
            records += page.records
            if !page.hasMore { return records }
        }
    }

    /// RIG_APPROVAL_KILLS sets how many times.
    func testKillAtAnyPointUsesAnApprovalWithItsIntentOrNotAtAll() throws {
        let kills =
            ProcessInfo.processInfo.environment["RIG_APPROVAL_KILLS"].flatMap(Int.init) ?? 10
        var tokens: [String: String] = [:]
        var said: [String] = []
        for _ in 0..<kills {
            let program = try LoadProgram([path, "6"])
            var left = Int.random(in: 1...150)
            while left > 0, let line = program.line() {
                said.append(line)
                left -= 1
            }
            program.kill()
            while let line = program.line() { said.append(line) }
        }
        XCTAssertEqual(said.filter { $0.hasPrefix("failed") }, [])
        var used: [String: String] = [:]
        for line in said {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "w": tokens[String(words[1].prefix { $0 != "." })] = "\(words[1]) \(words[2])"
            case "c": XCTAssertNil(used.updateValue(words[2], forKey: words[1]), "used twice")
            case "r": XCTAssertEqual(words[2], "consumed")
            default: break
            }
        }
        XCTAssertGreaterThan(used.count, 0)
        let database = try Database.open(path, schema: .state, access: .reader)
        func check(_ what: String) throws -> (consumed: Int64, intents: [AuditRecord]) {
            guard case .intact = try AuditReader.open(path).verify() else {
                XCTFail("the chain broke")
                return (0, [])
            }
            let intents = try records().filter { $0.kind == "intent" }
            XCTAssertEqual(Set(intents.map(\.note)).count, intents.count, "\(what): used twice")
            let consumed = try database.integer(
                "SELECT count(*) FROM approval WHERE state = 'consumed'")
            XCTAssertEqual(consumed, Int64(intents.count), "\(what): no use without its intent")
            let strangers = try database.integer(
                """
                SELECT count(*) FROM approval WHERE state = 'consumed' AND NOT EXISTS
                (SELECT 1 FROM audit_row WHERE kind = 'intent' AND call_id = consumed_by)
                """)
            XCTAssertEqual(strangers, 0, what)
            let undecided = try database.integer(
                """
                SELECT count(*) FROM approval WHERE (state = 'pending') =
                EXISTS (SELECT 1 FROM audit_row WHERE kind = 'approval' AND note = id)
                """)
            XCTAssertEqual(undecided, 0, "\(what): no decision without its row, nor a row without")
            return (consumed, intents)
        }
        let before = try check("after the kills")
        for (id, call) in used {
            XCTAssertTrue(before.intents.contains { $0.note == id && $0.callID == call })
        }

        // Everything once more: what was used stays used, what was approved runs once now.
        let replay = try LoadProgram([path, "replay"])
        replay.send(tokens.values.map { $0 + "\n" }.joined())
        var replayed: [String: String] = [:]
        for _ in tokens {
            guard let words = replay.line()?.split(separator: " ").map(String.init) else {
                return XCTFail("the replay ended early")
            }
            replayed[words[1]] = words[0] == "c" ? "c" : words[2]
        }
        replay.release()
        let usedBefore = Set(before.intents.map(\.note))
        for (id, result) in replayed where usedBefore.contains(id) {
            XCTAssertEqual(result, "consumed")
        }
        for (id, result) in replayed where !usedBefore.contains(id) {
            XCTAssertTrue(["c", "pending"].contains(result), "\(id) \(result)")
        }
        let after = try check("after the replay")
        XCTAssertEqual(
            after.consumed - before.consumed,
            Int64(replayed.values.filter { $0 == "c" }.count))
    }
}

/// The program `approval-load` as a child of a test, and what it said.
final class LoadProgram {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    private var pending: [UInt8] = []

    init(_ arguments: [String]) throws {
        // Beside the test bundle, where the package manager puts all products.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        process.executableURL = bundle.deletingLastPathComponent()
            .appendingPathComponent("approval-load")
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    /// The next line; nil at the end of the output.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            pending.append(contentsOf: more)
        }
    }

    func send(_ text: String) {
        let handle = input.fileHandleForWriting
        DispatchQueue.global().async {
            handle.write(Data(text.utf8))
            try? handle.close()
        }
    }

    /// Ends the program in the middle of whatever it does; what it had said can still be read.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func release() { process.waitUntilExit() }
}
