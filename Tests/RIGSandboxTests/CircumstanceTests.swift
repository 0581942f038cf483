import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// The other tests once more, under the circumstances in which RIG may run: this whole program
/// starts itself again.
final class CircumstanceTests: XCTestCase {
    private static let suites = [
        "HarmlessTests", "EscapeTests", "LifecycleTests", "RefusalTests",
        "NamespaceTests",
    ]
    private static let plain = [
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all",
    ]
    /// What a container without user namespaces looks like from within.
    private static let withoutNamespaces = [
        "unshare", "--user", "--map-root-user", "sh", "-c",
        "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"", "sh",
    ]

    private func requireRoot() throws {
        if Facts.effectiveUserID() != 0 { throw XCTSkip("only root can become somebody else") }
    }

    private func command(
        _ prefix: [String], _ rest: [String], _ environment: [String: String] = [:]
    ) throws -> CommandResult {
        let words = prefix + rest
        let path = try XCTUnwrap(PathLookup.find(words[0], in: "/usr/bin:/bin"))
        let base = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
        return try ChildProcess.run(
            SpawnPlan(
                path: path, arguments: words,
                environment: base.merging(environment) { $1 }, workingDirectory: "/"),
            timeoutMilliseconds: 300_000, outputBytesMax: 1 << 20)
    }

    private func everythingHolds(_ prefix: [String], at level: SandboxLevel) throws {
        let program = CommandLine.arguments[0]
        if try !command(prefix, ["/usr/bin/test", "-x", program]).status.isSuccess {
            throw XCTSkip("\(prefix[0]) does not work here, or cannot reach \(program)")
        }
        for suite in Self.suites {
            let result = try command(
                prefix, [program, "RIGSandboxTests.\(suite)"], ["RIG_TEST_LEVEL": level.name])
            XCTAssertTrue(result.status.isSuccess, result.outputText + result.errorText)
            XCTAssertFalse(result.outputText.contains("Executed 0 tests"), result.outputText)
        }
    }

    private func requireStrict() throws {
        if try Workbench().facts.strongestLevel < .strict {
            throw XCTSkip("this machine has no level strict")
        }
    }

    func testEverythingHoldsAtTheBaseLayer() throws {
        if Environment.get("RIG_TEST_LEVEL") != nil { throw XCTSkip("is part of another test") }
        let program = CommandLine.arguments[0]
        for suite in Self.suites {
            var environment = Environment.all()
            environment["RIG_TEST_LEVEL"] = "standard"
            let result = try command([program], ["RIGSandboxTests.\(suite)"], environment)
            XCTAssertTrue(result.status.isSuccess, result.outputText + result.errorText)
            XCTAssertFalse(result.outputText.contains("Executed 0 tests"), result.outputText)
        }
    }

    func testEverythingHoldsForAPlainUser() throws {
        try requireRoot()
        try requireStrict()
        try everythingHolds(Self.plain, at: .strict)
    }

    func testTheBaseLayerHoldsForAPlainUser() throws {
        try requireRoot()
        try everythingHolds(Self.plain, at: .standard)
    }

    func testTheBaseLayerHoldsWithUserNamespacesSwitchedOff() throws {
        try requireRoot()
        try everythingHolds(Self.withoutNamespaces, at: .standard)
    }

    func testStrictIsRefusedByNameWithUserNamespacesSwitchedOff() throws {
        try requireRoot()
        let program = CommandLine.arguments[0]
        if try !command(Self.withoutNamespaces, ["/usr/bin/true"]).status.isSuccess {
            throw XCTSkip("no user namespace to switch them off in")
        }
        let result = try command(
            Self.withoutNamespaces,
            [program, "RIGSandboxTests.CircumstanceTests/testSaysWhatIsMissing"],
            ["RIG_TEST_MISSING": "1"])
        XCTAssertTrue(
            result.outputText.contains(
                "cannot enforce sandbox level strict: no namespaces (step 4, starting the child"),
            result.outputText + result.errorText)
        XCTAssertTrue(result.outputText.contains("STRONGEST standard"), result.outputText)
    }

    /// The other process of the test above.
    func testSaysWhatIsMissing() throws {
        guard Environment.get("RIG_TEST_MISSING") != nil else {
            throw XCTSkip("runs only as a part of another test")
        }
        let bench = try Workbench()
        print("STRONGEST \(bench.facts.strongestLevel.name)")
        let request = try bench.request(.python, "idle.py", level: .strict)
        XCTAssertThrowsError(try bench.plan(request)) {
            print(($0 as? SandboxError)?.text ?? "\($0)")
        }
    }
}
