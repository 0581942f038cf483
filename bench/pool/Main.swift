import RIGAudit
import RIGBytes
import RIGConfig
import RIGLinux
import RIGLoop
import RIGModel
import RIGPack
import RIGPipeline
import RIGWorker

/// What a fresh worker for every call costs, beside a shared one and beside a bare start, in one
/// run. Usage: rig-bench-pool [CALLS]
@main
struct Main {
    static func main() {
        let calls = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100
        ProcessEnd.exit(
            EventLoop.shared.run {
                do {
                    try await run(max(calls, rounds))
                    return 0
                } catch {
                    Terminal.report("rig-bench-pool: \(error)\n")
                    return 1
                }
            })
    }

    static let rounds = 10

    @RequestLoop
    static func run(_ calls: Int) async throws {
        let installation = try Installation.find(
            program: try Facts.executablePath(), home: Environment.get("RIG_HOME"))
        let machine = try Machine(installation, environment: Environment.all())
        let folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-bench-")
        try File.setMode(folder, 0o711)
        let packs = [
            ("python", "\(installation.home)/packs/python/rig-pack-echo"),
            ("node", "\(installation.home)/packs/node/pack-echo"),
        ]
        var text = "version: 1\nsandbox: {level: standard}\npacks:\n"
        for (name, path) in packs {
            text += "  - {path: \"\(path)\", as: \(name)}\n"
            text += "  - {path: \"\(path)\", as: \(name)-fresh, isolation: per_call,"
            text += " limits: {workers: {min: 1, max: 2}}}\n"
        }
        let config = try Config.parse(Array(text.utf8), file: folder + "/rig.yaml")
        let work = try WorkRun.begin(folder)
        let builder = SnapshotBuilder(config, machine, run: work, log: { _ in })
        let records = try await Records.open(folder + "/state.db")
        let gateway = Gateway(try await builder.build().snapshot, records)
        for (name, failure) in gateway.snapshot.failures { print("\(name): \(failure.message)") }
        print("\(rounds) rounds of \(calls / rounds) calls of each kind in turn, one at a time\n")
        for (index, (name, _)) in packs.enumerated() {
            let bench = Bench(gateway, name)
            let start = BareStart(try await builder.plan(config.packs[index * 2 + 1]))
            try await bench.warmUp()
            var samples = Samples()
            for _ in 0..<rounds {
                for _ in 0..<calls / rounds {
                    samples.shared.append(try await bench.shared())
                    samples.spare.append(try await bench.freshWithSpare())
                    try await bench.awaitSpare()
                    samples.start.append(try await start.measure())
                }
                samples.sustained.append(try await bench.sustained(calls / rounds))
            }
            samples.report(name)
        }
        await gateway.snapshot.close()
        _ = await records.audit.close()
        work.end()
        try Directory.removeTree(folder)
    }
}

/// Calls of one pack, mounted twice.
@RequestLoop
struct Bench {
    private let gateway: Gateway
    private let name: String
    private let pool: WorkerPool

    init(_ gateway: Gateway, _ name: String) {
        self.gateway = gateway
        self.name = name
        guard
            let pool = gateway.snapshot.pools.first(where: {
                $0.plan.namespace.text == name + "-fresh"
            })
        else { preconditionFailure("the pack is mounted: \(name)") }
        self.pool = pool
    }

    func warmUp() async throws {
        for _ in 0..<200 { _ = try await shared() }
        for _ in 0..<5 { _ = try await freshWithSpare() }
    }

    func shared() async throws -> UInt64 { try await call(name) }

    /// Looks a few times a second, so that looking is no load.
    func awaitSpare() async throws {
        while pool.freeWorkers == 0 { await EventLoop.shared.sleep(nanoseconds: 3_000_000) }
        // What the start and the end before it still do is not this call's.
        await EventLoop.shared.sleep(nanoseconds: 10_000_000)
    }

    func freshWithSpare() async throws -> UInt64 {
        try await awaitSpare()
        return try await call(name + "-fresh")
    }

    /// Calls without a pause; the time of one.
    func sustained(_ calls: Int) async throws -> UInt64 {
        let before = MonotonicClock.nowNanoseconds()
        for _ in 0..<calls { _ = try await call(name + "-fresh") }
        return (MonotonicClock.nowNanoseconds() - before) / UInt64(calls)
    }

    private func call(_ namespace: String) async throws -> UInt64 {
        let buffer = ByteBuffer(Array(#"{"text":"a note of an ordinary length"}"#.utf8))
        let before = MonotonicClock.nowNanoseconds()
        let answer = await gateway.perform(
            CallRequest(
                tool: namespace + ".say",
                caller: Caller(tenant: "default", actor: "bench", front: .cli),
                correlationID: gateway.makeCorrelationID(), buffer: buffer, args: buffer.range,
                cancellation: Cancellation()))
        let duration = MonotonicClock.nowNanoseconds() - before
        if case .failure(let error) = answer.result { throw BenchFailure(error.message) }
        return duration
    }
}

struct BenchFailure: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}
