import Glibc
import RIGLinux
import RIGPack
import RIGSandbox

/// What the jail costs, beside no jail and beside bubblewrap, in one run: from spawn to the runner's
/// `ready` with the echo pack loaded, and one echo round trip over the pipes.
/// Usage: rig-bench-jail [ROUNDS]
@main
struct Main {
    static func main() {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 25
        do {
            try run(rounds)
        } catch {
            Terminal.report("rig-bench-jail: \(error)\n")
            ProcessEnd.exit(1)
        }
    }

    static func run(_ rounds: Int) throws {
        let installation = try Installation.find(
            program: try Facts.executablePath(), home: Environment.get("RIG_HOME"))
        let machine = try Machine(installation, environment: Environment.all())
        let facts = try SandboxProbe.run(launcher: installation.launcher)
        let folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-bench-")
        try Facts.becomeSubreaper()
        let hasBubblewrap = File.isExecutable("/usr/bin/bwrap")
        let contenders = Contender.allCases.filter {
            switch $0 {
            case .bubblewrap: hasBubblewrap
            case .strict: facts.strongestLevel == .strict
            default: true
            }
        }
        print(
            "\(rounds) rounds, contenders in turn; milliseconds; over and ratio:\nmedians of each round against its own bare start"
        )
        if !hasBubblewrap { print("bwrap is not installed") }
        let packs: [(Interpreter.Runtime, String, String)] = [
            (.python, "packs/python/rig-pack-echo", "rig_pack_echo"),
            (.node, "packs/node/pack-echo", "index.cjs"),
        ]
        for (runtime, pack, entry) in packs {
            let interpreter = try machine.interpreter(runtime, named: runtime.defaultName)
            let bytes = try File.readWhole(installation.profile(runtime), sizeBytesMax: 1 << 20)
            let bench = Bench(
                machine: machine, interpreter: interpreter,
                profile: try SandboxProfile.parse(bytes), filters: FilterCache(), facts: facts,
                runner: installation.runner(runtime), pack: Path.join(installation.home, pack),
                entry: entry, work: folder + "/work")
            print("\n\(runtime.rawValue) \(interpreter.version)")
            try measureStarts(bench, contenders, rounds)
            try measureRoundTrips(bench, contenders, rounds)
        }
        try Directory.removeTree(folder)
    }

    static func measureStarts(
        _ bench: Bench, _ contenders: [Contender], _ rounds: Int
    ) throws {
        var times: [[Double]] = contenders.map { _ in [] }
        var processor = times
        for round in 0..<rounds + 2 {
            for (index, contender) in contenders.enumerated() {
                let used = processorMilliseconds()
                let before = MonotonicClock.nowNanoseconds()
                let started = try contender.start(bench)
                try started.exchange(bench.hello)
                let spent = Double(MonotonicClock.nowNanoseconds() - before) / 1e6
                // The first two fill caches.
                if round >= 2 { times[index].append(spent) }
                try started.stop()
                reapOrphans()
                if round >= 2 { processor[index].append(processorMilliseconds() - used) }
            }
        }
        print("  spawn to ready        least    median   over     ratio")
        report(contenders, times, scale: 1)
        print("  processor time        least    median   over     ratio")
        report(contenders, processor, scale: 1)
    }

    /// bubblewrap ends before the process that it started: that one comes to us.
    static func reapOrphans() {
        while waitpid(-1, nil, 0) > 0 { continue }
    }

    /// Of this process and of the children it has reaped, with what those reaped: also the launcher
    /// and the end of the worker. On a machine that does other work it says more than the wait.
    static func processorMilliseconds() -> Double {
        var total = 0.0
        for who in [RUSAGE_SELF, RUSAGE_CHILDREN] {
            var usage = rusage()
            guard getrusage(__rusage_who_t(who.rawValue), &usage) == 0 else { continue }
            for time in [usage.ru_utime, usage.ru_stime] {
                total += Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000
            }
        }
        return total
    }

    static func measureRoundTrips(
        _ bench: Bench, _ contenders: [Contender], _ rounds: Int
    ) throws {
        let calls = 500
        var workers: [Started] = []
        for contender in contenders {
            let started = try contender.start(bench)
            try started.exchange(bench.hello)
            workers.append(started)
        }
        var times: [[Double]] = contenders.map { _ in [] }
        for round in 0..<rounds + 2 {
            for (index, worker) in workers.enumerated() {
                var samples: [UInt64] = []
                for _ in 0..<calls {
                    let before = MonotonicClock.nowNanoseconds()
                    try worker.exchange(bench.call)
                    samples.append(MonotonicClock.nowNanoseconds() - before)
                }
                samples.sort()
                if round >= 2 { times[index].append(Double(samples[calls / 2]) / 1e6) }
            }
        }
        for worker in workers { try worker.stop() }
        print("  echo round trip (µs)  least    median   over     ratio")
        report(contenders, times, scale: 1000)
    }

    /// The ratio is the median of each round's ratio, since what else the machine does changes from
    /// round to round and hits neighbours alike.
    static func report(_ contenders: [Contender], _ times: [[Double]], scale: Double) {
        for (index, contender) in contenders.enumerated() {
            let sorted = times[index].sorted()
            let over = zip(times[index], times[0]).map { $0 - $1 }.sorted()
            let ratios = zip(times[index], times[0]).map { $0 / $1 }.sorted()
            let middle = sorted.count / 2
            let cells = [
                sorted[0] * scale, sorted[middle] * scale, over[middle] * scale,
            ].map { fixed($0).padded(9) }
            print("  " + contender.name.padded(22) + cells.joined() + fixed(ratios[middle]))
        }
    }

    /// With two decimals.
    static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = "\(abs(hundredths) % 100)"
        let sign = hundredths < 0 ? "-" : ""
        return "\(sign)\(abs(hundredths) / 100)." + (rest.utf8.count < 2 ? "0" : "") + rest
    }
}

extension String {
    func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
