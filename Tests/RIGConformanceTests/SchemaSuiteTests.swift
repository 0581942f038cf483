import Foundation
import XCTest

final class SchemaSuiteTests: XCTestCase {
    func testRequiredCasesOf2020AllPass() throws {
        let root = try Corpora.folder("JSON-Schema-Test-Suite")
        var suite = try SchemaSuite(root, formats: .annotate)
        var all = SchemaSuite.Tally()
        for file in try Corpora.files(root.appendingPathComponent("tests/draft2020-12")) {
            var tally = SchemaSuite.Tally()
            try suite.run(file, into: &tally)
            print("suite \(file.lastPathComponent): \(tally.passed)/\(tally.total)")
            all.passed += tally.passed
            all.total += tally.total
            all.failures += tally.failures
        }
        print("suite required: \(all.passed)/\(all.total)")
        XCTAssertEqual(all.failures, [])
        XCTAssertGreaterThanOrEqual(all.total, 1299)
    }

    /// Optional cases that do not pass, each with its reason.
    static let known: [String: String] = [:]

    func testOptionalCasesOf2020PassButForNamedOnes() throws {
        let root = try Corpora.folder("JSON-Schema-Test-Suite")
        let optional = root.appendingPathComponent("tests/draft2020-12/optional")
        var suite = try SchemaSuite(root, formats: .annotate)
        var all = SchemaSuite.Tally()
        for file in try Corpora.files(optional) { try suite.run(file, into: &all) }
        print("suite optional: \(all.passed)/\(all.total)")
        let unknown = all.failures.filter { failure in
            !Self.known.keys.contains { failure.hasPrefix($0) }
        }
        XCTAssertEqual(unknown, [])
        XCTAssertGreaterThan(all.total, 100)
    }

    func testOptionalFormatsOf2020PassButForNamedOnes() throws {
        let root = try Corpora.folder("JSON-Schema-Test-Suite")
        let formats = root.appendingPathComponent("tests/draft2020-12/optional/format")
        var suite = try SchemaSuite(root, formats: .assert)
        var all = SchemaSuite.Tally()
        for file in try Corpora.files(formats) { try suite.run(file, into: &all) }
        print("suite formats: \(all.passed)/\(all.total)")
        let unknown = all.failures.filter { failure in
            !Self.known.keys.contains { failure.hasPrefix($0) }
        }
        XCTAssertEqual(unknown, [])
        XCTAssertGreaterThan(all.total, 700)
    }
}
