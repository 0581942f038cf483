import Glibc
import RIGAudit
import RIGBytes
import RIGConfig
import RIGLinux
import RIGLoop
import RIGModel
import RIGPack
import RIGPipeline
import RIGWorker

/// The packs of a folder's rig.yaml, served in this process.
@RequestLoop
final class House {
    let gateway: Gateway
    private let work: WorkRun
    private let marks: Marks

    static func open(_ folder: String) async throws -> House {
        let folder = try File.realPath(folder)
        let config = try Config.load(path: Path.join(folder, "rig.yaml"))
        let machine = try await machine()
        let state = Path.join(folder, ".rig")
        try Directory.makeAll(state)
        let work = try WorkRun.begin(state)
        let marks = Marks()
        let builder = SnapshotBuilder(config, machine, run: work) { marks.note($0.text) }
        let live = try await builder.build().snapshot
        for (namespace, error) in live.failures {
            Terminal.report("call-storm: \(namespace): \(error.type.rawValue): \(error.message)\n")
        }
        let records = try await Records.open(Path.join(state, "state.db"))
        return House(Gateway(live, records), work, marks)
    }

    private init(_ gateway: Gateway, _ work: WorkRun, _ marks: Marks) {
        self.gateway = gateway
        self.work = work
        self.marks = marks
    }

    private static func machine() async throws -> Machine {
        try await RequestLoop.offload {
            let environment = Environment.all()
            return try Machine(
                try Installation.find(
                    program: try Facts.executablePath(), home: environment["RIG_HOME"]),
                environment: environment)
        }
    }

    /// How often each tally was told to mark: what it did in the world.
    var effects: [String: Int] { marks.counts }

    /// The workers and their launchers at this moment, each with its start time, which together
    /// name a process for good.
    var processes: Set<ProcessName> {
        var found: Set<ProcessName> = []
        for worker in gateway.snapshot.pools.flatMap(\.processIDs) {
            guard let name = ProcessName(worker), let launcher = ProcessName(name.parent),
                launcher.parent == getpid()
            else { continue }
            found.insert(name)
            found.insert(launcher)
        }
        return found
    }

    /// Every pack has its least number of workers.
    private var isComplete: Bool {
        gateway.snapshot.pools.allSatisfy { $0.load.workers >= $0.plan.limits.workersMin }
    }

    func call(
        _ tool: String, _ args: [UInt8], key: IdempotencyKey? = nil,
        deadlineMilliseconds: Int? = nil,
        cancellation: Cancellation = Cancellation()
    ) async -> Answer {
        let buffer = ByteBuffer(args)
        return await gateway.perform(
            CallRequest(
                tool: tool, caller: Caller(tenant: "test", actor: "storm", front: .cli),
                correlationID: gateway.makeCorrelationID(), buffer: buffer, args: buffer.range,
                idempotencyKey: key,
                deadlineMilliseconds: deadlineMilliseconds, cancellation: cancellation))
    }

    /// Answers standard input line by line.
    func callEach() async throws {
        let input = try Transmit.readAll(Terminal.inputFd, bytesMax: 1 << 30)
        for line in input.split(separator: 10) {
            let parts = line.split(separator: 9, maxSplits: 2, omittingEmptySubsequences: false)
            let answer = await call(
                String(decoding: parts[0], as: UTF8.self), Array(parts[2]),
                deadlineMilliseconds: Int(String(decoding: parts[1], as: UTF8.self)))
            let text = ByteBuffer()
            answer.write(to: text)
            say(text.string(text.range))
        }
    }

    /// Makes the same call many times at once and says each answer.
    func keyed(count: Int, _ tool: String, _ args: [UInt8]) async {
        let calls = (0..<count).map { _ in
            Task { @RequestLoop in
                let answer = await call(tool, args, key: IdempotencyKey(given: "one-key"))
                let text = ByteBuffer()
                answer.write(to: text)
                say(text.string(text.range))
            }
        }
        for call in calls { await call.value }
    }

    /// Begins calls that will not end, and waits for somebody to kill this process.
    func hold(count: Int) async throws {
        let tools = gateway.snapshot.snapshot.tools.map(\.name).filter { $0.hasSuffix(".mark") }
        let calls = (0..<count).flatMap { number in
            tools.map { tool in
                Task { @RequestLoop in
                    _ = await call(
                        tool, Array(#"{"key": "\#(tool)-\#(number)", "seconds": 3600}"#.utf8))
                }
            }
        }
        while effects.count < calls.count || !isComplete {
            await EventLoop.shared.sleep(nanoseconds: 5_000_000)
        }
        for process in processes { say("process \(process.pid) \(process.startTicks)") }
        say("held")
        for call in calls { await call.value }
    }

    /// Ends as `rig` does.
    func close() async throws {
        await gateway.snapshot.close()
        let lost = await gateway.audit.close()
        work.end()
        precondition(lost == 0, "\(lost) rows were not written")
    }
}

/// What tallies say they did. Workers' lines come from the loop only.
private final class Marks: @unchecked Sendable {
    private(set) var counts: [String: Int] = [:]

    func note(_ line: String) {
        guard line.hasPrefix("mark ") else { return }
        counts[String(line.dropFirst(5)), default: 0] += 1
    }
}
