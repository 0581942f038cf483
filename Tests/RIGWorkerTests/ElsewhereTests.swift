import Foundation
import RIGLinux
import RIGLoop
import RIGModel
import RIGSandbox
import XCTest

@testable import RIGWorker

/// Workers behind the socket of a runner that someone else supervises: here, this test.
final class ElsewhereTests: LoopTestCase {
    private static let privately = #"{"private": true}"#

    @RequestLoop
    func testEveryConnectionIsAWorkerOfItsOwnInAFolderOfItsOwn() async throws {
        for runtime in Interpreter.Runtime.allCases {
            let bench = try PoolBench("residue", runtime) {
                $0.workersMax = 2
                $0.workersMin = 2
            }
            bench.moveElsewhere()
            let runner = try await Runner.start(runtime, bench)
            bench.pool.warm()
            await bench.until { bench.pool.load.workers == 2 }
            let first = try await bench.call("go", Self.privately)
            XCTAssertEqual(try first.get()["found"]?.array, [], "\(runtime)")
            let pid = try XCTUnwrap(try first.get()["pid"]?.int64)
            XCTAssertNotEqual(pid, Int64(runner.processID))
            let second = try await bench.call("go", Self.privately)
            // The same worker, so it finds what the first call left: the first free one is taken.
            XCTAssertEqual(try second.get()["pid"]?.int64, pid)
            XCTAssertTrue(try second.get()["found"]?.array?.contains("work_dir") ?? false)
            await bench.close()
            await bench.until { kill(pid_t(pid), 0) != 0 }
            runner.stop()
        }
    }

    @RequestLoop
    func testARunnerThatIsKilledAndComesBackIsFoundAgain() async throws {
        for runtime in Interpreter.Runtime.allCases {
            let bench = try PoolBench("residue", runtime)
            bench.moveElsewhere()
            var runner = try await Runner.start(runtime, bench)
            let before = try await bench.call("go", Self.privately)
            let pid = try XCTUnwrap(try before.get()["pid"]?.int64)
            runner.kill(with: pid_t(pid))
            await bench.until { bench.pool.load.workers == 0 }
            // Nobody listens now: the reason is told, not a timeout.
            await bench.until { bench.pool.lastFailure != nil }
            let message = try XCTUnwrap(bench.pool.lastFailure?.error.message)
            XCTAssertTrue(message.contains("cannot be reached"), message)
            runner = try await Runner.start(runtime, bench)
            let after = try await bench.call("go", Self.privately)
            XCTAssertNotEqual(try after.get()["pid"]?.int64, pid)
            XCTAssertNil(bench.pool.lastFailure)
            await bench.close()
            runner.stop()
        }
    }

    @RequestLoop
    func testCallsOfAConnectionThatBreaksEndWithIt() async throws {
        let bench = try PoolBench { $0.concurrency = 2 }
        bench.moveElsewhere()
        let runner = try await Runner.start(.python, bench)
        let pid = try await bench.answeringProcess()
        let held = try await bench.hold("a")
        await bench.said("held a")
        XCTAssertEqual(kill(pid_t(pid), SIGKILL), 0)
        let end = await held.value
        XCTAssertEqual(end.failure, .crashed(.disconnected))
        let next = try await bench.answeringProcess()
        XCTAssertNotEqual(next, pid)
        await bench.close()
        runner.stop()
    }

    @RequestLoop
    func testARunnerThatHangsIsNoticedThoughNobodyCalls() async throws {
        let bench = try PoolBench {
            $0.healthMilliseconds = 20
            $0.answerMilliseconds = 200
        }
        bench.moveElsewhere()
        let runner = try await Runner.start(.python, bench)
        let pid = pid_t(try await bench.answeringProcess())
        let before = try XCTUnwrap(bench.pool.workers.first)
        XCTAssertEqual(kill(pid, SIGSTOP), 0)
        await bench.until { bench.pool.freeWorkers == 1 && bench.pool.workers.first !== before }
        let next = pid_t(try await bench.answeringProcess())
        XCTAssertNotEqual(next, pid)
        XCTAssertEqual(kill(pid, SIGKILL), 0)
        await bench.close()
        runner.stop()
    }

    @RequestLoop
    func testARunnerWithAnotherVersionOfThePackIsNotServedFrom() async throws {
        let bench = try PoolBench()
        bench.moveElsewhere()
        bench.expect(version: "0.9.0")
        let runner = try await Runner.start(.python, bench)
        let outcome = try await bench.call("pid")
        guard case .unavailable(let error) = outcome.failure else {
            return XCTFail("ended with \(outcome)")
        }
        XCTAssertTrue(error.message.contains("version 1.0.0"), error.message)
        XCTAssertTrue(error.message.contains("0.9.0 is mounted"), error.message)
        await bench.close()
        runner.stop()
    }

    /// In a pod the sidecar may be there first.
    @RequestLoop
    func testARunnerThatComesUpLaterIsWaitedFor() async throws {
        let bench = try PoolBench()
        bench.moveElsewhere()
        let plan = bench.plan
        let asking = RequestLoop.start { () -> Bool in
            do {
                bench.pool.adopt(try await PackDescription.ask(plan))
                return true
            } catch {
                return false
            }
        }
        let runner = try await Runner.start(.python, bench)
        let isDescribed = await asking.value
        XCTAssertTrue(isDescribed)
        _ = try await bench.answeringProcess()
        await bench.close()
        runner.stop()
    }

    @RequestLoop
    func testAnUnreachableRunnerIsNamed() async throws {
        let bench = try PoolBench()
        bench.moveElsewhere()
        do {
            let description = try await PackDescription.ask(bench.plan, patienceMilliseconds: 50)
            description.dismiss()
            XCTFail("nobody listens")
        } catch {
            XCTAssertTrue(error.error.message.contains(bench.socketPath), error.error.message)
        }
    }
}

/// A runner's main program, listening.
@RequestLoop
private final class Runner {
    private let process = Process()

    var processID: Int32 { process.processIdentifier }

    static func start(_ runtime: Interpreter.Runtime, _ bench: PoolBench) async throws -> Runner {
        let interpreter = try Interpreter.find(runtime, environment: Environment.all())
        let runner = Runner()
        let main = runtime == .python ? "main.py" : "main.cjs"
        runner.process.executableURL = URL(fileURLWithPath: interpreter.executable)
        runner.process.arguments =
            interpreter.options() + [
                PoolBench.packageRoot + "/runners/\(runtime.rawValue)/\(main)", "--listen",
                "unix:" + bench.socketPath,
            ]
        runner.process.environment = Environment.all().merging(["TMPDIR": bench.folder]) { $1 }
        runner.process.standardInput = FileHandle.nullDevice
        runner.process.standardOutput = FileHandle.nullDevice
        try runner.process.run()
        await bench.until { (try? UnixSocket.connect(bench.socketPath)) != nil }
        return runner
    }

    /// As a machine's failure: neither it nor its worker says goodbye.
    func kill(with worker: pid_t) {
        Glibc.kill(process.processIdentifier, SIGKILL)
        Glibc.kill(worker, SIGKILL)
        process.waitUntilExit()
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
