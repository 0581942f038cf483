import RIGLinux
import XCTest

@testable import RIGSandbox

/// Honest programs run in the jail as outside of it.
final class HarmlessTests: XCTestCase {
    func testOrdinaryPythonWorksInTheJail() throws {
        try runHarmless(.python, "harmless.py")
    }

    func testOrdinaryNodeWorksInTheJail() throws {
        try runHarmless(.node, "harmless.js")
    }

    private func runHarmless(_ runtime: Interpreter.Runtime, _ program: String) throws {
        let bench = try Workbench()
        let outcome = try bench.run(
            bench.plan(try bench.request(runtime, program)), input: "ping")
        XCTAssertEqual(outcome.status, .exited(0), outcome.output + outcome.errors)
        XCTAssertFalse(outcome.output.contains("FAILED"), outcome.output)
        XCTAssertTrue(outcome.output.contains("OK"), outcome.output)
        XCTAssertTrue(outcome.answer.contains("ping"), outcome.answer)
    }
}
