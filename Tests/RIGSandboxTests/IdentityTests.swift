import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// Workers under a uid of their own, and everything again for a sidecar without privileges.
final class IdentityTests: XCTestCase {
    private static let ownID: UInt32 = 200_123

    /// A python that any user may run, which one in root's home is not.
    private func publicPython() throws -> Interpreter {
        do {
            return try Interpreter.find(
                .python, name: "/usr/bin/python3", environment: ["PATH": "/usr/bin:/bin"])
        } catch SandboxError.interpreter(let fault) {
            throw XCTSkip("/usr/bin/python3: \(fault)")
        }
    }

    private func requireRoot() throws {
        if Facts.effectiveUserID() != 0 { throw XCTSkip("only root can change uids") }
    }

    func testWorkerOfRootRunsUnderItsOwnUid() throws {
        try requireRoot()
        let bench = try Workbench()
        var request = try bench.request(
            .python, "harmless.py", level: .standard, interpreter: publicPython())
        request.ownID = Self.ownID
        var plan = try bench.plan(request)
        XCTAssertEqual(plan.identity, .own(userID: Self.ownID, groupID: Self.ownID))
        let outcome = try bench.run(plan, input: "ping")
        XCTAssertEqual(outcome.status, .exited(0), outcome.output + outcome.errors)
        plan.arguments = [
            plan.executable, "-I", "-S", "-c",
            "import os; print(os.getresuid(), os.getresgid(), os.getgroups())",
        ]
        let id = Self.ownID
        XCTAssertEqual(
            try bench.run(plan).output, "(\(id), \(id), \(id)) (\(id), \(id), \(id)) []\n")
    }

    func testOwnUidMayChangeModesByPathAndIsLimitedInThreads() throws {
        try requireRoot()
        let bench = try Workbench()
        let canary = try Canary(in: bench.directory)
        var request = try bench.request(
            .python, "malicious.py", level: .standard, interpreter: publicPython())
        request.ownID = Self.ownID
        request.environment.merge(canary.environment) { _, new in new }
        // The work directory is not noexec (EscapeTests says more).
        request.environment["RIG_ALLOW"] = "wx.map_own_file_executable"
        request.readable.append(canary.readOnlyFile)
        var plan = try bench.plan(request)
        let outcome = try bench.run(plan)
        let escaped = outcome.output.split(separator: "\n").filter { $0.hasPrefix("ESCAPED") }
        XCTAssertEqual(escaped, [])
        XCTAssertTrue(outcome.output.contains("DENIED use.threads"), outcome.output)
        try canary.assertUntouched()
        plan.arguments = [
            plan.executable, "-I", "-S", "-c",
            "import os, shutil; open('a', 'w'); shutil.copy2('a', 'b'); os.chmod('b', 0o400)",
        ]
        XCTAssertEqual(try bench.run(plan).status, .exited(0))
    }

    func testUnreachablePathKeepsTheUidAndSaysWhy() throws {
        try requireRoot()
        let bench = try Workbench()
        let hidden = bench.directory + "/hidden"
        try File.makeDirectory(hidden, mode: 0o700)
        var request = try bench.request(
            .python, "idle.py", level: .standard, interpreter: publicPython())
        try File.makeDirectory(hidden + "/pack", mode: 0o755)
        request.readable.append(hidden + "/pack")
        request.ownID = Self.ownID
        XCTAssertEqual(
            try bench.plan(request).identity, .kept(.cannotReach(path: hidden + "/pack")))
        request.readable.removeLast()
        request.workDirectory = hidden + "/work"
        XCTAssertEqual(
            try bench.plan(request).identity, .kept(.cannotReach(path: hidden + "/work")))
    }

    func testKeptRootHasNoCapabilityAndNoNewPrivileges() throws {
        let bench = try Workbench()
        // /proc is granted here, so that the worker can look at itself.
        var plan = try bench.plan(try bench.request(.python, "idle.py"))
        if plan.level < .strict { plan.paths.append(.init("/proc", .read)) }
        plan.arguments = [
            plan.executable, "-I", "-S", "-c", "print(open('/proc/self/status').read())",
        ]
        let status = try bench.run(plan).output
        var fields: [Substring: String] = [:]
        for line in status.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0]] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let capabilities = ["CapInh", "CapPrm", "CapEff", "CapAmb"]
        for name in capabilities + (Facts.effectiveUserID() == 0 ? ["CapBnd"] : []) {
            XCTAssertEqual(fields[name[...]], "0000000000000000", name)
        }
        XCTAssertEqual(fields["NoNewPrivs"], "1")
        XCTAssertEqual(fields["Seccomp"], "2")
        if Facts.effectiveUserID() == 0 { XCTAssertEqual(fields["Groups"], "") }
    }

    func testIdentityPoolHandsOutEachIdOnce() throws {
        let pool = IdentityPool(first: 300_000, count: 2)
        XCTAssertEqual(pool.take(), 300_000)
        XCTAssertEqual(pool.take(), 300_001)
        XCTAssertNil(pool.take())
        pool.giveBack(300_000)
        XCTAssertEqual(pool.take(), 300_000)
    }
}
