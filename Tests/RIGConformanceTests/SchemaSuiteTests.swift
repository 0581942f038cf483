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
}
