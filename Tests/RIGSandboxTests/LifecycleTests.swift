import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

/// No worker outlives the sidecar, however the sidecar or the launcher ends.
final class LifecycleTests: XCTestCase {
    /// A worker that ignores every signal it can, running.
    private func idle(
        _ bench: Workbench, _ change: (inout JailPlan) -> Void = { _ in }
    ) throws -> JailedProcess {
        var plan = try bench.plan(try bench.request(.python, "idle.py"))
        change(&plan)
        let process = try bench.spawn(plan)
        var room = [UInt8](repeating: 0, count: 8)
        _ = try Poll.wait(process.fromWorkerFd, for: .read, timeoutMilliseconds: 20_000)
        XCTAssertEqual(try Transmit.read(process.fromWorkerFd, into: &room), .bytes(2))
        return process
    }

    private func assertEnds(
        _ worker: borrowing ChildProcess, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        // A process that is not our child counts as ended when its pidfd is readable.
        XCTAssertTrue(
            try Poll.wait(worker.pidfd.fd, for: .read, timeoutMilliseconds: 20_000),
            "the worker lives on", file: file, line: line)
    }

    func testKillEndsAWorkerThatIgnoresSignalsAndReportsHow() throws {
        let process = try idle(Workbench())
        XCTAssertNil(try process.nextReport())
        try process.kill()
        XCTAssertEqual(try process.wait(timeoutMilliseconds: 20_000), .killed(.kill))
        try process.kill()
    }

    func testWorkerDiesWhenTheControlSocketCloses() throws {
        let bench = try Workbench()
        var process: JailedProcess? = try idle(bench)
        let pids = (process?.workerPid ?? 0, process?.launcherPid ?? 0)
        let worker = try ChildProcess(adopting: pids.0)
        let launcher = try ChildProcess(adopting: pids.1)
        process = nil
        try assertEnds(worker)
        XCTAssertEqual(try launcher.wait(timeoutMilliseconds: 20_000), .exited(0))
    }

    func testWorkerDiesWhenTheLauncherIsKilled() throws {
        let process = try idle(Workbench())
        let worker = try ChildProcess(adopting: process.workerPid)
        try process.killLauncher()
        try assertEnds(worker)
        XCTAssertNil(try process.wait(timeoutMilliseconds: 20_000))
        XCTAssertEqual(try process.nextReport(), .closed)
    }

    func testWorkerInTraceModeDiesWhenTheLauncherIsKilled() throws {
        let process = try idle(Workbench()) { $0.execOnce = .trace }
        let worker = try ChildProcess(adopting: process.workerPid)
        try process.killLauncher()
        try assertEnds(worker)
        _ = try process.wait(timeoutMilliseconds: 20_000)
    }

    func testWorkerDiesWhenTheSidecarIsKilled() throws {
        var output = try Pipe.make()
        let program = CommandLine.arguments[0]
        var environment = Environment.all()
        environment["RIG_TEST_HOLD"] = "1"
        let sidecar = try ChildProcess.spawn(
            SpawnPlan(
                path: program,
                arguments: [program, "RIGSandboxTests.LifecycleTests/testHoldsAWorkerForAnother"],
                environment: environment, descriptors: [1: output.writingFd]))
        output.closeWriting()
        var said = ""
        var room = [UInt8](repeating: 0, count: 4096)
        while !said.contains("WORKER ") || !said.hasSuffix("\n") {
            guard case .bytes(let count) = try Transmit.read(output.readingFd, into: &room) else {
                return XCTFail("the other process ended: \(said)")
            }
            said += String(decoding: room[..<count], as: UTF8.self)
        }
        let line = try XCTUnwrap(said.split(separator: "\n").first { $0.hasPrefix("WORKER ") })
        let pid = try XCTUnwrap(Int32(line.dropFirst(7)))
        let worker = try ChildProcess(adopting: pid)
        try sidecar.signal(.kill)
        XCTAssertEqual(try sidecar.wait(timeoutMilliseconds: 20_000), .killed(.kill))
        try assertEnds(worker)
    }

    /// The other process of the test above.
    func testHoldsAWorkerForAnother() throws {
        guard Environment.get("RIG_TEST_HOLD") != nil else {
            throw XCTSkip("runs only as a part of testWorkerDiesWhenTheSidecarIsKilled")
        }
        let process = try idle(Workbench())
        try Transmit.writeAll(1, Array("\nWORKER \(process.workerPid)\n".utf8))
        _ = try process.wait(timeoutMilliseconds: 60_000)
    }

    func testWorkersPipesEndWithTheWorker() throws {
        let process = try idle(Workbench())
        try process.kill()
        XCTAssertEqual(try Transmit.readAll(process.fromWorkerFd, bytesMax: 10), [])
        XCTAssertEqual(try Transmit.readAll(process.outputFd, bytesMax: 10), [])
        XCTAssertEqual(try Transmit.readAll(process.errorsFd, bytesMax: 10), [])
        _ = try process.wait(timeoutMilliseconds: 20_000)
    }

    func testExitCodeOfTheWorkerIsReported() throws {
        let bench = try Workbench()
        var plan = try bench.plan(try bench.request(.python, "idle.py"))
        plan.arguments = [plan.executable, "-I", "-S", "-c", "import sys; sys.exit(7)"]
        XCTAssertEqual(try bench.run(plan).status, .exited(7))
        plan.arguments = [plan.executable, "-I", "-S", "-c", "import os; os.abort()"]
        XCTAssertEqual(try bench.run(plan).status, .killed(.abort))
    }
}
