import Foundation
import RIGBytes
import RIGJSON
import RIGLinux
import RIGLoop
import RIGModel
import RIGSandbox
import XCTest

@testable import RIGWorker

/// A pool of real workers in real jails, of a copy of a pack of the fixtures, and what they said.
@RequestLoop
final class PoolBench {
    nonisolated static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    typealias Outcome = Result<JSONValue, DispatchFailure>

    let folder: String
    let journal = Journal<WorkerLogLine>()
    private(set) var plan: WorkerPlan
    private(set) lazy var pool = WorkerPool(plan)

    /// - Parameter change: What is not as usual: one worker with one call at a time, at most one
    ///   worker, nothing of its own accord.
    init(
        _ name: String = "steered", _ runtime: Interpreter.Runtime = .python,
        _ change: (inout WorkerPlan.PoolLimits) -> Void = { _ in }
    ) throws {
        folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-pool-test-")
        try File.setMode(folder, 0o711)
        let pack = folder + "/pack"
        try FileManager.default.copyItem(
            atPath: Self.packageRoot + "/Tests/Fixtures/packs/\(runtime.rawValue)/\(name)",
            toPath: pack)
        let work = folder + "/work"
        try Directory.makeAll(work)
        var limits = WorkerPlan.PoolLimits()
        limits.workersMin = 1
        limits.workersMax = 1
        limits.concurrency = 1
        change(&limits)
        let journal = journal
        plan = try Self.plan(name, runtime, pack, work, limits) { line in
            RequestLoop.assume { journal.note(line) }
        }
    }

    private static func plan(
        _ name: String, _ runtime: Interpreter.Runtime, _ pack: String, _ work: String,
        _ limits: WorkerPlan.PoolLimits,
        log: @escaping @Sendable (WorkerLogLine) -> Void
    ) throws -> WorkerPlan {
        let isPython = runtime == .python
        let runners = packageRoot + "/runners/" + runtime.rawValue
        let launcher = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("rig-jail").path
        let interpreter: Interpreter
        do {
            interpreter = try Interpreter.find(runtime, environment: Environment.all())
        } catch SandboxError.interpreter(.notFound) {
            throw XCTSkip("\(runtime.rawValue) is not installed")
        }
        let profile = try File.readWhole(
            packageRoot + "/sandbox-profiles/\(runtime.rawValue).json", sizeBytesMax: 1 << 20)
        let machine = JailMachine(
            launcher: launcher, facts: try SandboxProbe.run(launcher: launcher),
            profile: try SandboxProfile.parse(profile), filters: FilterCache())
        let jail = JailRequest(
            level: .standard, interpreter: interpreter,
            arguments: interpreter.options() + [runners + (isPython ? "/main.py" : "/main.cjs")],
            environment: [:],
            workDirectory: work, readable: [runners, pack], limits: JailLimits())
        return WorkerPlan(
            namespace: try XCTUnwrap(Namespace(name)),
            entry: WorkerPlan.PackEntry(
                root: pack, entry: isPython ? name : "index.cjs", name: "rig-pack-" + name),
            host: .jail(jail, machine, workFolder: work), limits: limits,
            outputBytesMax: 64 << 10, log: log)
    }

    deinit {
        try? Directory.removeTree(folder)
    }

    /// Before the pool is used: its workers are connections to a runner that `Runner` starts.
    func moveElsewhere() {
        let before = plan
        plan = WorkerPlan(
            namespace: before.namespace, entry: before.entry, host: .socket(path: socketPath),
            limits: before.limits, outputBytesMax: before.outputBytesMax, log: before.log)
    }

    /// Mounted under this version.
    func expect(version: String) { plan.packVersion = version }

    var socketPath: String { folder + "/runner.sock" }

    /// Before the pool is used. Without a filter, which at the other levels refuses the shared
    /// memory that a limit on data does not count.
    func limitMemory(bytes: UInt64) {
        plan.jail.limits.memoryBytes = bytes
        plan.jail.level = .none
    }

    // The pack

    /// Puts a file beside the pack, for which something in it waits.
    func put(_ name: String) throws {
        try Data().write(to: URL(fileURLWithPath: folder + "/pack/" + name))
        try File.setMode(folder + "/pack/" + name, 0o644)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: folder + "/pack/" + name)
    }

    // Calls

    /// Begins a call. It is with the pool when this returns.
    func begin(
        _ tool: String, _ args: String = "{}", withinMilliseconds milliseconds: Int = 60_000,
        cancellation: Cancellation = Cancellation(),
        onProgress: ((RIGWorker.Progress) -> Void)? = nil
    ) async throws -> Task<Outcome, Never> {
        let invocation = try Invocation.make(tool, args, withinMilliseconds: milliseconds)
        let begun = OneShot<Void>()
        let task = RequestLoop.start { () -> Outcome in
            begun.resume(())
            do throws(DispatchFailure) {
                let reply = try await self.pool.invoke(
                    invocation, cancellation: cancellation, onProgress: onProgress)
                return .success(Self.output(reply))
            } catch {
                return .failure(error)
            }
        }
        await begun.wait()
        return task
    }

    func call(
        _ tool: String, _ args: String = "{}", withinMilliseconds milliseconds: Int = 60_000
    ) async throws -> Outcome {
        try await begin(tool, args, withinMilliseconds: milliseconds).value
    }

    /// The process that answers a call now.
    func answeringProcess() async throws -> Int64 {
        let outcome = try await call("pid")
        return try XCTUnwrap(try outcome.get()["pid"]?.int64)
    }

    func hold(
        _ key: String, withinMilliseconds milliseconds: Int = 60_000,
        cancellation: Cancellation = Cancellation()
    ) async throws -> Task<Outcome, Never> {
        try await begin(
            "hold", #"{"key": "\#(key)"}"#, withinMilliseconds: milliseconds,
            cancellation: cancellation)
    }

    private static func output(_ reply: ReplyFrame) -> JSONValue {
        let text = reply.buffer.string(reply.text)
        guard let frame = try? JSONValue.parse(Array(text.utf8), limits: JSONLimits()) else {
            return .string(text)
        }
        return frame["output"] ?? frame
    }

    // What is seen

    func count(_ text: String) -> Int { journal.entries.count { $0.text == text } }

    /// Suspends until a worker has said `text` so often.
    func said(_ text: String, times: Int = 1) async {
        await journal.wait { $0.count { $0.text == text } >= times }
    }

    /// Suspends until `claim` holds: for state that nothing reports. Fails rather than hangs.
    func until(
        _ claim: () -> Bool, file: StaticString = #filePath, line: UInt = #line
    ) async {
        let end = MonotonicClock.nowNanoseconds() + 60_000_000_000
        while !claim() {
            guard MonotonicClock.nowNanoseconds() < end else {
                return XCTFail("it never came to that", file: file, line: line)
            }
            await EventLoop.shared.sleep(nanoseconds: 1_000_000)
        }
    }

    var workDirectories: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder + "/work")) ?? ["unreadable"]
    }

    /// Ends the pool, and checks that nothing is left of it.
    func close(file: StaticString = #filePath, line: UInt = #line) async {
        await pool.close()
        checkNothingIsLeft(file: file, line: line)
    }

    func checkNothingIsLeft(file: StaticString = #filePath, line: UInt = #line) {
        for pid in Set(journal.entries.map(\.pid)) where pid > 0 && kill(pid, 0) == 0 {
            XCTFail("worker \(pid) is left", file: file, line: line)
        }
        XCTAssertEqual(workDirectories, [], "work directories are left", file: file, line: line)
        XCTAssertEqual(pool.load.workers, 0, file: file, line: line)
    }
}
