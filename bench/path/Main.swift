import RIGAudit
import RIGBytes
import RIGConfig
import RIGLinux
import RIGLoop
import RIGModel
import RIGPack
import RIGPipeline
import RIGWorker

/// What the path costs: in one run, a bare ping-pong with an echo worker over its pipes, and the same
/// call through the whole path in process. Usage: rig-bench-path [CALLS]
@main
struct Main {
    static func main() {
        let calls = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
        ProcessEnd.exit(
            EventLoop.shared.run {
                do {
                    try await run(calls)
                    return 0
                } catch {
                    Terminal.report("rig-bench-path: \(error)\n")
                    return 1
                }
            })
    }

    /// 200 bytes of arguments, as an agent would send them.
    static let args: [UInt8] = {
        let opening = #"{"text":""#
        let words = "a note of an ordinary length, as a model writes it; "
        var text = opening
        while text.utf8.count < 198 { text += words }
        return Array(text.utf8.prefix(198)) + Array(#""}"#.utf8)
    }()

    @RequestLoop
    static func run(_ calls: Int) async throws {
        let installation = try Installation.find(
            program: try Facts.executablePath(), home: Environment.get("RIG_HOME"))
        let machine = try Machine(installation, environment: Environment.all())
        let folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-bench-")
        let packs = [
            ("python", "\(installation.home)/packs/python/rig-pack-echo"),
            ("node", "\(installation.home)/packs/node/pack-echo"),
        ]
        var text = "version: 1\nsandbox: {level: standard}\npacks:\n"
        for (name, path) in packs { text += "  - {path: \"\(path)\", as: \(name)}\n" }
        let config = try Config.parse(Array(text.utf8), file: folder + "/rig.yaml")
        let work = try WorkRun.begin(folder)
        let builder = SnapshotBuilder(config, machine, run: work, log: { _ in })
        let records = try await Records.open(folder + "/state.db")
        let gateway = Gateway(try await builder.build().snapshot, records)
        for (name, failure) in gateway.snapshot.failures { print("\(name): \(failure.message)") }

        print("\(rounds) rounds of \(calls / rounds) sequential calls, bare and path in turn,")
        print(
            "\(args.count) bytes of arguments, echo worker; medians over the rounds, microseconds\n"
        )
        for (index, pack) in config.packs.enumerated() {
            let bare = try await BareWorker.start(try await builder.plan(pack), args: args)
            let tool = packs[index].0 + ".say"
            // Not counted: the interpreter's warm-up.
            _ = try await bare.measure(calls / 10)
            _ = await measure(gateway, tool: tool, calls / 10)
            var floors: [Sample] = []
            var paths: [Sample] = []
            for _ in 0..<rounds {
                floors.append(try await bare.measure(calls / rounds))
                paths.append(await measure(gateway, tool: tool, calls / rounds))
            }
            try await bare.stop()
            report(packs[index].0, floors, paths)
        }
        print("where the path's time goes (nanoseconds, all calls of both packs):")
        for stage in Stage.allCases where gateway.times[stage].total > 0 {
            let times = gateway.times[stage]
            print(
                "  \(stage.name.padded(9)) mean \(times.sumNanoseconds / times.total)"
                    + "  p50 \(times.percentile(0.5))  p99 \(times.percentile(0.99))")
        }
        await gateway.snapshot.close()
        _ = await records.audit.close()
        work.end()
        try Directory.removeTree(folder)
    }

    @RequestLoop
    static func measure(_ gateway: Gateway, tool: String, _ calls: Int) async -> Sample {
        let caller = Caller(tenant: "default", actor: "bench", front: .cli)
        let buffer = ByteBuffer(args)
        var sample = Sample(calls)
        for _ in 0..<calls {
            let before = MonotonicClock.nowNanoseconds()
            let answer = await gateway.perform(
                CallRequest(
                    tool: tool, caller: caller, correlationID: gateway.makeCorrelationID(),
                    buffer: buffer, args: buffer.range, cancellation: Cancellation()))
            if case .failure(let error) = answer.result { print("failed: \(error.message)") }
            sample.add(MonotonicClock.nowNanoseconds() - before)
        }
        sample.end()
        return sample
    }

    static let rounds = 11

    static func report(_ name: String, _ bare: [Sample], _ path: [Sample]) {
        print("\(name.padded(18))p50      p90      p99      loop CPU  all CPU  (a call)")
        print("  bare ping-pong  \(line(bare))")
        print("  whole path      \(line(path))")
        let ratios = zip(path, bare).map { Double($0.percentile(0.5)) / Double($1.percentile(0.5)) }
        let own = zip(path, bare).map { $0.threadMicroseconds - $1.threadMicroseconds }
        print("  path / bare at p50: \(median(ratios).two)")
        print("  the path's own CPU (loop thread, less the ping-pong's): \(median(own).two) us\n")
    }

    static func line(_ samples: [Sample]) -> String {
        let times = [0.5, 0.9, 0.99].map { fraction in
            median(samples.map { Double($0.percentile(fraction)) / 1000 }).two.padded(9)
        }
        return times.joined() + median(samples.map(\.threadMicroseconds)).two.padded(10)
            + median(samples.map(\.processMicroseconds)).two
    }

    static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}

/// Round trips of one run, and the processor time they took.
struct Sample {
    private var nanoseconds: [UInt64] = []
    private var thread: UInt64
    private var process: UInt64

    /// Begins to count the processor time of this thread.
    init(_ calls: Int) {
        nanoseconds.reserveCapacity(calls)
        thread = ProcessorClock.threadNanoseconds()
        process = ProcessorClock.processNanoseconds()
    }

    mutating func add(_ duration: UInt64) { nanoseconds.append(duration) }

    mutating func end() {
        thread = ProcessorClock.threadNanoseconds() - thread
        process = ProcessorClock.processNanoseconds() - process
        nanoseconds.sort()
    }

    func percentile(_ fraction: Double) -> UInt64 {
        nanoseconds[min(nanoseconds.count - 1, Int(fraction * Double(nanoseconds.count)))]
    }

    var threadMicroseconds: Double { Double(thread) / Double(nanoseconds.count) / 1000 }
    var processMicroseconds: Double { Double(process) / Double(nanoseconds.count) / 1000 }
}

extension Double {
    /// With two fraction digits.
    var two: String {
        let hundredths = Int((self * 100).rounded())
        let fraction = abs(hundredths % 100)
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

extension String {
    func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
