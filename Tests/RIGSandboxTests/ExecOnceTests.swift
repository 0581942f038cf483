import RIGLinux
import XCTest

@testable import RIGSandbox

/// After the interpreter nothing is executed, in both ways of asking the launcher.
final class ExecOnceTests: XCTestCase {
    func testNothingIsExecutedAfterNotify() throws {
        try attempt(.notify)
    }

    func testNothingIsExecutedAfterTrace() throws {
        try attempt(.trace)
    }

    private func attempt(_ mode: JailPlan.ExecOnce) throws {
        let bench = try Workbench()
        if mode == .trace && !bench.facts.canTrace { throw XCTSkip("tracing is not allowed here") }
        var plan = try bench.plan(try bench.request(.python, "malicious.py"))
        plan.execOnce = mode
        // Landlock would let these two be executed: only the exec rule is in the way.
        plan.paths.append(.init("/bin/true", [.read, .execute]))
        let output = try bench.run(plan).output
        let lines = output.split(separator: "\n").filter { $0.contains(" exec.") }
        XCTAssertGreaterThan(lines.count, 6, output)
        for line in lines { XCTAssertTrue(line.hasPrefix("DENIED"), String(line)) }
        XCTAssertTrue(output.contains("DENIED exec.execve_true [Errno 38]"), output)
        XCTAssertTrue(output.contains("DENIED exec.execveat_1000_absolute [Errno 38]"), output)
    }

    func testHonestProgramsRunInTraceMode() throws {
        let bench = try Workbench()
        if !bench.facts.canTrace { throw XCTSkip("tracing is not allowed here") }
        for (runtime, program) in [
            (Interpreter.Runtime.python, "harmless.py"), (.node, "harmless.js"),
        ] {
            var plan = try bench.plan(try bench.request(runtime, program))
            plan.execOnce = .trace
            let outcome = try bench.run(plan, input: "ping")
            XCTAssertEqual(outcome.status, .exited(0), outcome.output + outcome.errors)
        }
    }

    func testLevelNoneHasNoWallsButIsStillClean() throws {
        let bench = try Workbench()
        var request = try bench.request(.python, "harmless.py", level: SandboxLevel.none)
        let outcome = try bench.run(try bench.plan(request), input: "ping")
        XCTAssertEqual(outcome.status, .exited(0), outcome.output + outcome.errors)
        request.arguments = ["-c", "import os; print(len(os.listdir('/')) > 3)"]
        XCTAssertEqual(try bench.run(try bench.plan(request)).output, "True\n")
    }
}
