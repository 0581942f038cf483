import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// Hostile programs against the jail. The same programs outside the jail must escape, or the
/// tests would be blind.
final class EscapeTests: XCTestCase {
    /// What the base layer does not stop, with the remedy; docs name these too.
    /// - `wx.map_own_file_executable`: the work directory is not on a
    ///   noexec file system (strict mounts one). The code stays behind the same walls.
    /// - `use.threads`: threads are counted by uid, so that only a worker with one of its own can
    ///   be limited.
    private static let baseLayer = ["wx.map_own_file_executable", "use.threads"]

    /// What the programs take for the host's and is the jail's own (InteriorTests looks inside).
    static let ownOfTheJail = [
        "fs.read_passwd", "fs.create_in_tmp", "fs.list_/tmp", "proc.self_environ",
        "proc.init_environ",
    ]

    func testPythonEscapesNothing() throws {
        try attack(.python, "malicious.py")
    }

    func testNodeEscapesNothing() throws {
        try attack(.node, "malicious.js")
    }

    func testPythonEscapesOutsideTheJail() throws {
        try XCTAssertGreaterThan(escapesOutside(.python, "malicious.py"), 50)
    }

    func testNodeEscapesOutsideTheJail() throws {
        try XCTAssertGreaterThan(escapesOutside(.node, "malicious.js"), 25)
    }

    func testForeignABIKillsTheWorker() throws {
        let bench = try Workbench()
        var request = try bench.request(.python, "malicious.py")
        request.environment["RIG_FOREIGN_ABI"] = "1"
        let outcome = try bench.run(bench.plan(request))
        XCTAssertEqual(outcome.status, .killed(.systemCall), outcome.output + outcome.errors)
        XCTAssertFalse(outcome.output.contains("abi.x32"))
    }

    private func attack(_ runtime: Interpreter.Runtime, _ program: String) throws {
        let bench = try Workbench()
        let allow = bench.level == .strict ? Self.ownOfTheJail : Self.baseLayer
        let canary = try Canary(in: bench.directory)
        var request = try bench.request(runtime, program)
        request.environment.merge(canary.environment) { _, new in new }
        request.environment["RIG_ALLOW"] = allow.joined(separator: ",")
        request.readable.append(canary.readOnlyFile)
        let outcome = try bench.run(bench.plan(request))
        let escaped = outcome.output.split(separator: "\n").filter { $0.hasPrefix("ESCAPED") }
        XCTAssertEqual(escaped, [])
        XCTAssertTrue(
            outcome.output.contains("SUMMARY"),
            "\(String(describing: outcome.status)) \(outcome.output) \(outcome.errors)")
        XCTAssertEqual(outcome.status, .exited(0), outcome.errors)
        try canary.assertUntouched()
    }

    private func escapesOutside(
        _ runtime: Interpreter.Runtime, _ program: String
    ) throws -> Int {
        let bench = try Workbench()
        let canary = try Canary(in: bench.directory)
        try FileManager.default.createDirectory(
            atPath: bench.work, withIntermediateDirectories: true)
        var environment = canary.environment
        environment["RIG_WORK"] = bench.work
        environment["PATH"] = "/usr/bin:/bin"
        let executable = try Workbench.interpreter(runtime).executable
        let result = try ChildProcess.run(
            SpawnPlan(
                path: executable, arguments: [executable, Workbench.programs + "/" + program],
                environment: environment),
            timeoutMilliseconds: 60_000, outputBytesMax: 1 << 20)
        for leftover in ["/usr/rig-escape"] {
            try? FileManager.default.removeItem(atPath: leftover)
        }
        for directory in ["/tmp", "/dev/shm"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: directory)
            where name.hasPrefix("rig-escape-") {
                try? FileManager.default.removeItem(atPath: directory + "/" + name)
            }
        }
        XCTAssertTrue(result.outputText.contains("SUMMARY"), result.errorText)
        return result.outputText.split(separator: "\n").count { $0.hasPrefix("ESCAPED") }
    }
}
