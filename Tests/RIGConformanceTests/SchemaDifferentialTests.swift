import Foundation
import RIGBytes
import RIGJSON
import XCTest

/// The walk against the report, two implementations that share no code below the reader, on
/// instances nobody wrote down: those of the suite and of the benchmark, mutated.
final class SchemaDifferentialTests: XCTestCase {
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static let fragments = [
        "null", "true", "0", "-1", "1.5", "1e2", "\"\"", "\"a\"", "\"foo\"", "[]", "{}", "[1,1]",
        "{\"foo\":1}", "\"\\u0061\"", "12345678901234567890", "{\"bar\":[],\"foo\":null}",
    ]

    /// Replaces, drops or doubles a token of the text, or sets another byte.
    private func mutate(_ text: String, _ dice: inout Dice) -> String {
        var bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return text }
        let place = Int.random(in: 0..<bytes.count, using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &dice)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default:
            let end = bytes[place...].firstIndex { ",]}:".utf8.contains($0) } ?? bytes.count
            let fragment = Self.fragments.randomElement(using: &dice) ?? "0"
            bytes.replaceSubrange(place..<max(end, place), with: Array(fragment.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func testWalkAndReportAgreeOnMutatedInstances() throws {
        let root = try Corpora.folder("JSON-Schema-Test-Suite")
        var suite = try SchemaSuite(root, formats: .assert)
        var dice = Dice(state: 20_240_501)
        var compared = 0
        var accepted = 0
        for file in try Corpora.files(root.appendingPathComponent("tests/draft2020-12")) {
            for group in try SchemaSuite.groups(file) {
                let program: SchemaProgram
                do {
                    program = try SchemaProgram.compile(group.schema, options: suite.options)
                } catch {
                    continue
                }
                for test in group.tests {
                    for _ in 0..<12 {
                        let text = mutate(test.instance.text, &dice)
                        let walked = suite.walk(program, text)
                        var held = false
                        if let value = try? JSONValue.parse(text) {
                            held = program.report(value).isEmpty
                        }
                        compared += 1
                        if held { accepted += 1 }
                        XCTAssertEqual(
                            walked, held, "\(file.lastPathComponent) \(test.name): \(text)")
                    }
                }
            }
        }
        print("differential: \(compared) instances, \(accepted) accepted by both")
        XCTAssertGreaterThan(compared, 10_000)
        XCTAssertGreaterThan(accepted, 1_000)
    }

    func testBenchmarkPayloadsAgreeWithTheReport() throws {
        let root = try Corpora.folder("json-bench")
        var suite = try SchemaSuite(
            try Corpora.folder("JSON-Schema-Test-Suite"), formats: .assert)
        var dice = Dice(state: 7)
        for name in ["tiny", "small", "medium", "large", "huge"] {
            func text(_ kind: String) throws -> String {
                try String(
                    contentsOf: root.appendingPathComponent("\(name)\(kind).json"), encoding: .utf8)
            }
            let schema = try JSONValue.parse(try text(".schema"))
            let program = try SchemaProgram.compile(schema)
            XCTAssertTrue(suite.walk(program, try text("")), name)
            XCTAssertFalse(suite.walk(program, try text(".invalid")), name)
            XCTAssertFalse(program.report(try JSONValue.parse(try text(".invalid"))).isEmpty, name)
            guard name != "huge", name != "large" else { continue }
            let original = try text("")
            for _ in 0..<400 {
                let mutant = mutate(original, &dice)
                let walked = suite.walk(program, mutant)
                let held =
                    (try? JSONValue.parse(mutant)).map { program.report($0).isEmpty } ?? false
                XCTAssertEqual(walked, held, mutant)
            }
        }
    }
}
