import Foundation
import RIGYAML
import XCTest

final class YAMLReadingTests: XCTestCase {
    func testEveryPassFixtureReadsToItsJSON() throws {
        let names = try YAMLFixtures.names("pass")
        XCTAssertGreaterThan(names.count, 25)
        for name in names {
            let expected = try JSONSerialization.jsonObject(
                with: Data(try YAMLFixtures.bytes("pass", name, ".json")),
                options: .fragmentsAllowed)
            do {
                let document = try YAMLDocument(try YAMLFixtures.bytes("pass", name))
                XCTAssertEqual(
                    document.root.plain, expected as? NSObject, "\(name): another value")
            } catch let error as YAMLError {
                XCTFail("\(name): \(error.code) at \(error.position)")
            }
        }
    }

    func testEveryFailFixtureIsRefusedByNameAtItsPlace() throws {
        let names = try YAMLFixtures.names("fail")
        XCTAssertGreaterThan(names.count, 60)
        for name in names {
            let expected = try YAMLFixtures.text("fail", name, ".error")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            XCTAssertThrowsError(try YAMLDocument(try YAMLFixtures.bytes("fail", name)), name) {
                guard let error = $0 as? YAMLError else { return XCTFail("\(name): \($0)") }
                let code = "\(error.code)".prefix { $0 != "(" }
                let found = "\(code) \(error.position.line):\(error.position.column)"
                XCTAssertEqual(found, expected, name)
                XCTAssertFalse(error.message.isEmpty)
            }
        }
    }

    func testDuplicateKeyTellsTheFirstPlace() {
        XCTAssertThrowsError(try YAMLDocument("a: 1\nb: 2\na: 3\n".utf8)) {
            guard case .duplicateKey(let first)? = ($0 as? YAMLError)?.code else {
                return XCTFail("\($0)")
            }
            XCTAssertEqual(first.line, 1)
        }
    }

    func testSpansCoverExactlyTheirText() throws {
        let text = "top:\n  - {a: 'x y', b: [1,  2]}\n  - long\n    plain  # c\nlast: |\n  t\n"
        let document = try YAMLDocument(text.utf8)
        func source(_ node: YAMLNode?) -> String? {
            node.map { document.source($0.start.offset..<$0.end.offset) }
        }
        guard case .sequence(let items)? = document.root["top"]?.value else {
            return XCTFail("top is a list")
        }
        XCTAssertEqual(source(items[0]), "{a: 'x y', b: [1,  2]}")
        XCTAssertEqual(source(items[0]["a"]), "'x y'")
        XCTAssertEqual(source(items[0]["b"]), "[1,  2]")
        XCTAssertEqual(source(items[1]), "long\n    plain")
        XCTAssertEqual(source(document.root["last"]), "|\n  t")
        XCTAssertEqual(items[1].start, document.position(36))
        XCTAssertEqual(items[1].start.line, 3)
        XCTAssertEqual(items[1].start.column, 5)
    }

    func testNestingBeyondTheLimitIsRefusedInEveryForm() {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
            (0..<5_000).map { String(repeating: " ", count: $0 % 100) + "a:" }
                .joined(separator: "\n"),
        ] {
            XCTAssertThrowsError(try YAMLDocument(text.utf8))
        }
        XCTAssertThrowsError(try YAMLDocument(String(repeating: "[", count: 65).utf8)) {
            XCTAssertEqual(($0 as? YAMLError)?.code, .tooDeep)
        }
    }

    func testTextBeyondTheLimitIsRefusedUnread() {
        var limits = YAMLLimits()
        limits.bytesMax = 8
        XCTAssertNoThrow(try YAMLDocument("a: 12345".utf8, limits: limits))
        XCTAssertThrowsError(try YAMLDocument("a: 123456".utf8, limits: limits)) {
            XCTAssertEqual(($0 as? YAMLError)?.code, .tooLarge)
        }
    }

    func testHugeNumbersStayExactOrAreRefused() throws {
        let digits = String(repeating: "9", count: 5_000)
        let root = try YAMLDocument("a: \(digits)\nb: 1e999\nc: .inf\n".utf8).root
        guard case .integer(let integer)? = root["a"]?.value,
            case .float(let float)? = root["b"]?.value,
            case .float(let infinity)? = root["c"]?.value
        else { return XCTFail("numbers") }
        XCTAssertEqual(integer.text, digits)
        XCTAssertNil(integer.int)
        XCTAssertEqual(float.text, "1e999")
        XCTAssertTrue(float.isFinite)
        XCTAssertFalse(infinity.isFinite)
    }
}
