import Foundation
import XCTest

/// The escape attempts of runners/probes, tried by `rig doctor --sandbox` in real workers: as the
/// user who runs the tests, as a plain user, and where the kernel gives no user namespaces. The
/// same attempts outside of a jail must escape, or these tests would be blind.
final class EscapeAttemptTests: XCTestCase {
    private static let nobody = "65534"

    /// Runs doctor, whole unless told otherwise: with what uses resources up.
    private func tryToEscape(
        _ level: String, _ bench: Workbench, _ more: [String] = [],
        through wrapper: [String] = []
    ) throws -> Workbench.Outcome {
        let rig = wrapper.isEmpty ? [bench.program("rig")] : [bench.path("bin/rig")]
        let words = ["doctor", "--sandbox", "--json", "--level", level] + more
        return try bench.run(wrapper + rig + words)
    }

    private func expectHolds(
        _ outcome: Workbench.Outcome, attempts least: [String: Int], line: UInt = #line
    ) throws {
        let report = try outcome.json(line: line)
        let runtimes = try XCTUnwrap(report["runtimes"] as? [[String: Any]], line: line)
        XCTAssertFalse(runtimes.isEmpty, "nothing was tried", line: line)
        for runtime in runtimes {
            let name = runtime["runtime"] as? String ?? "?"
            let attempts = try XCTUnwrap(runtime["attempts"] as? [[String: Any]], name, line: line)
            let escaped = attempts.filter {
                $0["verdict"] as? String == "escaped" && $0["known_gap"] == nil
            }
            XCTAssertEqual(
                escaped.map { "\($0["name"] ?? "?"): \($0["detail"] ?? "")" }, [], name, line: line)
            XCTAssertNil(runtime["fault"], name, line: line)
            XCTAssertEqual(runtime["seen_outside"] as? [String], [], name, line: line)
            let denied = runtime["denied"] as? Int ?? 0
            XCTAssertGreaterThan(denied, least[name] ?? 0, name, line: line)
            for attempt in attempts where attempt["verdict"] as? String == "denied" {
                XCTAssertNotNil(attempt["by"], "\(attempt)", line: line)
            }
        }
        XCTAssertEqual(report["ok"] as? Bool, true, line: line)
        XCTAssertEqual(outcome.status, 0, outcome.err, line: line)
    }

    private static let many = ["python": 450, "node": 130]

    /// What this machine can enforce; a level that it cannot has nothing to show here.
    private func require(_ level: String, _ bench: Workbench) throws {
        try bench.expectSuccess(["init"])
        let text = try bench.read("rig.yaml")
        if level == "strict" && !text.contains("level: strict") {
            throw XCTSkip("this machine cannot enforce strict")
        }
    }

    func testStandardHoldsForWhoeverRunsTheTests() throws {
        let bench = try Workbench()
        try require("standard", bench)
        // Filling a real disk takes its time: whole with RIG_HEAVY=1.
        let isHeavy = ProcessInfo.processInfo.environment["RIG_HEAVY"] == "1"
        try expectHolds(
            tryToEscape("standard", bench, isHeavy ? [] : ["--light"]), attempts: Self.many)
        XCTAssertEqual(NamedProcess.standing(in: bench.folder), [], "a worker is left")
    }

    func testStrictHoldsForWhoeverRunsTheTests() throws {
        let bench = try Workbench()
        try require("strict", bench)
        try expectHolds(tryToEscape("strict", bench), attempts: Self.many)
        XCTAssertEqual(NamedProcess.standing(in: bench.folder), [], "a worker is left")
    }

    /// What network egress and a data folder open must open nothing else.
    func testGrantsOpenNothingBeyondThemselves() throws {
        let bench = try Workbench()
        try require("strict", bench)
        try expectHolds(
            tryToEscape("strict", bench, ["--granted", "--light"]), attempts: Self.many)
    }

    func testStandardHoldsForAPlainUser() throws {
        let bench = try plainUserBench()
        try expectHolds(
            tryToEscape("standard", bench, ["--light"], through: Self.plainUser),
            attempts: Self.manyForEverybody)
    }

    func testStrictHoldsForAPlainUser() throws {
        let bench = try plainUserBench()
        try require("strict", bench)
        try expectHolds(
            tryToEscape("strict", bench, ["--light"], through: Self.plainUser),
            attempts: Self.manyForEverybody)
    }

    /// Without user namespaces standard holds all the same, and strict is refused by name.
    func testWithoutUserNamespacesStandardHoldsAndStrictIsRefused() throws {
        let bench = try plainUserBench()
        guard Self.find("unshare") != nil else { throw XCTSkip("unshare is not installed") }
        let probe = try bench.run(Self.noNamespaces + ["true"])
        guard probe.status == 0 else { throw XCTSkip("no namespace to forbid them in") }
        try expectHolds(
            tryToEscape("standard", bench, ["--light"], through: Self.noNamespaces),
            attempts: Self.manyForEverybody)
        let strict = try tryToEscape("strict", bench, ["--light"], through: Self.noNamespaces)
        XCTAssertEqual(strict.status, 1)
        XCTAssertTrue(strict.out.contains("cannot enforce sandbox level strict"), strict.out)
    }

    /// The positive control, through the same code: at level none nothing is a wall.
    func testAtLevelNoneTheAttemptsEscapeAndDoctorSaysSo() throws {
        let bench = try Workbench()
        try require("standard", bench)
        let outcome = try tryToEscape("none", bench, ["--light"])
        XCTAssertEqual(outcome.status, 1)
        let report = try outcome.json()
        XCTAssertEqual(report["ok"] as? Bool, false)
        for runtime in try XCTUnwrap(report["runtimes"] as? [[String: Any]]) {
            XCTAssertGreaterThan(runtime["escaped"] as? Int ?? 0, 50, "\(runtime)")
            let seen = try XCTUnwrap(runtime["seen_outside"] as? [String])
            XCTAssertTrue(seen.contains("written was made in the canary folder"), "\(seen)")
            XCTAssertTrue(seen.contains("the canary port was connected"), "\(seen)")
        }
        let shout = try bench.rig(["doctor", "--sandbox", "--light", "--level", "none"])
        XCTAssertTrue(shout.out.contains("PACKS RUN UNCONFINED"), shout.out)
    }

    /// The positive control without any of RIG: the files as they lie there.
    func testOutsideOfAnyJailTheAttemptsEscape() throws {
        for (program, file, least) in [
            ("python3", "escape.py", 200), ("node", "escape.mjs", 50),
        ] {
            guard let interpreter = Self.find(program) else { continue }
            let bench = try Workbench()
            let canary = bench.folder.appendingPathComponent("canary")
            let work = bench.folder.appendingPathComponent("work")
            for folder in [canary, work] {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
            }
            for name in ["secret", "victim"] {
                try Data("treasure".utf8).write(to: canary.appendingPathComponent(name))
            }
            let probes = Workbench.root.appendingPathComponent("runners/probes/" + file).path
            let outcome = try bench.run(
                [interpreter, probes],
                environment: [
                    "RIG_CANARY_DIR": canary.path, "RIG_WORK": work.path, "RIG_HEAVY": "0",
                    "RIG_LAST": "0", "PATH": "/usr/bin:/bin",
                ])
            let escaped = outcome.out.split(separator: "\n").count { $0.hasPrefix("ESCAPED ") }
            XCTAssertGreaterThan(escaped, least, outcome.out + outcome.err)
            let made = try FileManager.default.contentsOfDirectory(atPath: canary.path)
            XCTAssertTrue(made.contains("written"), "\(made)")
        }
    }

    // MARK: Somebody else

    /// Interpreters of the system alone, so that fewer attempts find something to try.
    private static let manyForEverybody = ["python": 400, "node": 120]

    private static let plainUser = [
        "setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups",
    ]

    /// In a user namespace of its own that allows none below it, and without a capability there.
    private static let noNamespaces =
        plainUser + [
            "unshare", "--user", "--map-root-user", "sh", "-c",
            "echo 0 > /proc/sys/user/max_user_namespaces && "
                + "exec setpriv --bounding-set=-all --inh-caps=-all \"$0\" \"$@\"",
        ]

    private func plainUserBench() throws -> Workbench {
        guard getuid() == 0 else { throw XCTSkip("not root: whoever runs the tests is plain") }
        guard Self.find("setpriv") != nil else { throw XCTSkip("setpriv is not installed") }
        guard Self.find("python3") != nil || Self.find("node") != nil else {
            throw XCTSkip("no interpreter that everybody may run")
        }
        let bench = try Workbench()
        try bench.installForEverybody()
        return bench
    }

    private static func find(_ program: String) -> String? {
        ["/usr/local/bin/", "/usr/bin/", "/bin/"].map { $0 + program }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

extension Workbench {
    func program(_ name: String) -> String { Self.binaries.appendingPathComponent(name).path }

    /// Runs any program in this folder to its end, with nothing of the tests' environment.
    func run(
        _ words: [String],
        environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = folder
        process.environment = environment
        let (out, err) = (
            folder.appendingPathComponent("run-out"), folder.appendingPathComponent("run-err")
        )
        for file in [out, err] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            endedBySignal: process.terminationReason == .uncaughtSignal,
            out: String(decoding: try Data(contentsOf: out), as: UTF8.self),
            err: String(decoding: try Data(contentsOf: err), as: UTF8.self))
    }
}
