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

    func testWorkerWithItsOwnUidDiesWithTheLauncherAndByKill() throws {
        let bench = try Workbench()
        if !bench.facts.canChangeIdentity { throw XCTSkip("only root can change uids") }
        let python = try Interpreter.find(
            .python, name: "/usr/bin/python3", environment: ["PATH": "/usr/bin:/bin"])
        var request = try bench.request(.python, "idle.py", interpreter: python)
        request.ownID = 200_321
        let plan = try bench.plan(request)
        XCTAssertEqual(plan.identity, .own(userID: 200_321, groupID: 200_321))
        let first = try bench.spawn(plan)
        let worker = try ChildProcess(adopting: first.workerPid)
        try first.killLauncher()
        try assertEnds(worker)
        _ = try first.wait(timeoutMilliseconds: 20_000)
        let second = try bench.spawn(plan)
        try second.kill()
        XCTAssertEqual(try second.wait(timeoutMilliseconds: 20_000), .killed(.kill))
    }

    func testWorkersStartedTogetherEndOneByOne() throws {
        let bench = try Workbench()
        var request = try bench.request(.python, "idle.py")
        var plans: [JailPlan] = []
        for index in 0..<4 {
            request.workDirectory = bench.directory + "/work-\(index)"
            plans.append(try bench.plan(request))
            try WorkDirectory.prepare(request.workDirectory, for: .kept(.notAsked))
        }
        let ends = plans
        let statuses = Collected()
        // Four threads spawn at once: a descriptor of one that leaked into another's launcher
        // would keep the closed control socket of the first alive.
        DispatchQueue.concurrentPerform(iterations: ends.count) { index in
            do {
                var process: JailedProcess? = try Jail.spawn(
                    ends[index], launcher: Workbench.launcher)
                let worker = try ChildProcess(adopting: process?.workerPid ?? 0)
                process = nil
                statuses.add(
                    try Poll.wait(worker.pidfd.fd, for: .read, timeoutMilliseconds: 20_000))
            } catch {
                statuses.add(false)
            }
        }
        XCTAssertEqual(statuses.values, [true, true, true, true])
    }

    /// Verdicts of several threads.
    private final class Collected: @unchecked Sendable {
        private let lock = NSLock()
        private var verdicts: [Bool] = []

        var values: [Bool] { lock.withLock { verdicts } }

        func add(_ verdict: Bool) {
            lock.withLock { verdicts.append(verdict) }
        }
    }

    func testNoDescriptorIsLeftAfterSpawnsGoodAndBad() throws {
        let bench = try Workbench()
        let plan = try bench.plan(try bench.request(.python, "idle.py"))
        var broken = plan
        broken.landlockABI = 1000
        func openDescriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
        let before = try openDescriptors()
        for _ in 0..<3 {
            try runAndKill(bench, plan)
            XCTAssertThrowsError(try runAndKill(bench, broken))
        }
        XCTAssertEqual(try openDescriptors(), before)
    }

    private func runAndKill(_ bench: Workbench, _ plan: JailPlan) throws {
        let process = try bench.spawn(plan)
        try process.kill()
        _ = try process.wait(timeoutMilliseconds: 20_000)
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
        // As the first process of its namespace it cannot be ended by a signal of its own, so that
        // abort() goes on to its last resort.
        let last = bench.level == .strict ? Signal(SIGSEGV) : .abort
        XCTAssertEqual(try bench.run(plan).status, .killed(last))
    }
}
