import Glibc
import RIGBytes
import RIGLoop
import RIGModel
import RIGPipeline
import RIGWorker

/// Many calls at once over every pack, while workers are killed in the middle of them.
///
/// What is called and who is killed follows from the seed; what happens when does not.
@RequestLoop
final class Storm {
    private static let concurrentCalls = 40
    /// Calls answered between two kills, at random up to twice as many.
    private static let callsBetweenKills = 60

    private let house: House
    private let count: Int
    private let seed: UInt64
    private var dice: Dice
    private var begun = 0
    private var nextKill = callsBetweenKills
    private var answered = 0
    private var ends: [String: [String: Int]] = [:]
    private var marksEnded: [String: String] = [:]
    private var seen: Set<ProcessName> = []
    private var workersKilled = 0
    private var launchersKilled = 0

    init(_ house: House, seed: UInt64, count: Int) {
        (self.house, self.seed, self.count) = (house, seed, count)
        dice = Dice(state: seed)
    }

    /// - Returns: what happened, as JSON.
    func run() async -> String {
        seen.formUnion(house.processes)
        let lanes = (0..<Self.concurrentCalls).map { _ in
            Task { @RequestLoop in
                while begun < count {
                    begun += 1
                    await one(begun)
                }
            }
        }
        for lane in lanes { await lane.value }
        return report()
    }

    private func one(_ number: Int) async {
        let pack = dice.roll(2) == 0 ? "py" : "js"
        switch dice.roll(20) {
        case 0..<11:
            await expect("say", "\(pack).say", #"{"text": "call \#(number)"}"#)
        case 11..<13:
            await expect("big", "\(pack).big", #"{"bytes": \#(dice.roll(60_000))}"#)
        case 13:
            await expect("sleep", "\(pack).sleep", #"{"seconds": 0.0\#(dice.roll(5))}"#)
        case 14:
            let cancellation = Cancellation()
            _ = EventLoop.shared.after(nanoseconds: UInt64(dice.roll(30)) * 1_000_000) {
                cancellation.cancel()
            }
            await expect("cancelled", "\(pack).sleep", #"{"seconds": 20}"#, cancellation)
        case 15:
            await expect("invalid", "\(pack).say", #"{"text": \#(number)}"#)
        case 16:
            await expect("unknown", "\(pack).shout", "{}")
        default:
            await mark("\(pack)tally", "\(seed)-\(number)")
        }
    }

    /// A side effect: what it did is counted by its key.
    private func mark(_ pack: String, _ key: String) async {
        marksEnded[key] = await expect(
            "mark", "\(pack).mark", #"{"key": "\#(key)", "seconds": 0.00\#(dice.roll(9))}"#)
    }

    @discardableResult
    private func expect(
        _ kind: String, _ tool: String, _ args: String,
        _ cancellation: Cancellation = Cancellation()
    ) async -> String {
        let answer = await house.call(tool, Array(args.utf8), cancellation: cancellation)
        let end =
            switch answer.result {
            case .output: "ok"
            case .failure(let error): error.type.rawValue
            }
        ends[kind, default: [:]][end, default: 0] += 1
        answered += 1
        if answered >= nextKill { kill() }
        return end
    }

    /// Kills one process that serves a pack: mostly a worker, at times the launcher that watches it.
    private func kill() {
        nextKill = answered + 1 + dice.roll(2 * Self.callsBetweenKills)
        let processes = house.processes
        seen.formUnion(processes)
        let killsLauncher = dice.roll(5) == 0
        let candidates = processes.filter { ($0.parent == getpid()) == killsLauncher }
            .sorted { $0.pid < $1.pid }
        guard !candidates.isEmpty else { return }
        let victim = candidates[dice.roll(candidates.count)]
        guard Glibc.kill(victim.pid, SIGKILL) == 0 else { return }
        if killsLauncher { launchersKilled += 1 } else { workersKilled += 1 }
    }

    private func report() -> String {
        seen.formUnion(house.processes)
        let effects = house.effects
        var marks: [String: Int] = [:]
        for (key, end) in marksEnded {
            let count = effects[key] ?? 0
            marks["\(end) with \(count) effects", default: 0] += 1
        }
        func object(_ counts: [String: Int]) -> String {
            "{" + counts.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}"
        }
        let kinds = ends.map { #""\#($0)":\#(object($1))"# }.joined(separator: ",")
        let processes = seen.map { #""\#($0.pid) \#($0.startTicks)""# }.joined(separator: ",")
        return """
            {"seed":\(seed),"answered":\(answered),"ends":{\(kinds)},"marks":\(object(marks)),\
            "effects_of_unknown_calls":\(effects.keys.count { marksEnded[$0] == nil }),\
            "workers_killed":\(workersKilled),"launchers_killed":\(launchersKilled),\
            "processes":[\(processes)]}
            """
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
struct Dice {
    var state: UInt64

    /// 0 to `sides` - 1.
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
    }
}
