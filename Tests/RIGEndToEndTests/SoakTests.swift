import Foundation
import RIGAudit
import RIGLinux
import XCTest

/// Clients, a sidecar and its workers, all processes, all killed at random, for long: nobody is
/// left, nobody stays dead in the process table, and memory does not grow.
///
/// `RIG_SOAK_CALLS=50000` makes it the long one.
final class SoakTests: XCTestCase {
    private static let clients = 10

    func testNothingIsLeftAndMemoryIsFlatWhereEverybodyIsKilledAtRandom() throws {
        let environment = ProcessInfo.processInfo.environment
        let calls = environment["RIG_SOAK_CALLS"].flatMap { Int($0) } ?? 6_000
        let seed =
            environment["RIG_SOAK_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...1 << 40)
        let bench = try Workbench.mounting(
            [
                ("py", Workbench.pythonEcho), ("js", Workbench.nodeEcho),
                ("pytally", Workbench.fixture("python", "tally")),
                ("jstally", Workbench.fixture("node", "tally")),
            ], limits: "{workers: {min: 1, max: 2}, timeout: 60s}")
        try bench.allowWrites()
        let note = "RIG_SOAK_SEED=\(seed)"
        let soak = Soak(bench, seed: seed, clients: Self.clients, callsEach: calls / Self.clients)
        try soak.run()
        print("soak: \(soak.summary); \(note)")

        XCTAssertEqual(soak.answered, calls, note)
        let strange = Set(soak.ends.keys).subtracting([
            "ok", "worker_crashed", "unknown_outcome", "validation_failed", "lost",
            "overloaded",
        ])
        XCTAssertEqual(strange, [], note)
        XCTAssertGreaterThan(soak.ends["ok"] ?? 0, calls / 2, "\(soak.ends); \(note)")
        XCTAssertGreaterThan(soak.killed["worker"] ?? 0, calls / 400, note)
        XCTAssertGreaterThan(soak.killed["client"] ?? 0, 0, note)
        XCTAssertGreaterThan(soak.killed["sidecar"] ?? 0, 0, note)

        for process in soak.seen where !process.ends() {
            XCTFail("process \(process.pid) is left; \(note)")
        }
        XCTAssertEqual(NamedProcess.standing(in: bench.folder), [], note)
        XCTAssertEqual(soak.zombiesOfTheLastSidecar, 0, note)
        XCTAssertEqual(try bench.names(".rig/work"), ["lock"], note)

        // The last sidecar lived through the last part of the run; it had warmed up before the
        // first look.
        let (first, last) = (soak.memory.first ?? 0, soak.memory.last ?? 0)
        XCTAssertGreaterThan(first, 0, note)
        XCTAssertLessThan(
            last, first + first / 4 + 8_192, "\(soak.memory) KiB resident; \(note)")

        let chain = try AuditReader.open(bench.path(".rig/state.db")).verify()
        if case .broken(let seq) = chain { XCTFail("the chain is broken at \(seq); \(note)") }
    }
}

/// One run: who lives, who was killed, what the clients said.
private final class Soak {
    private let bench: Workbench
    private let clients: Int
    private let callsEach: Int
    private var dice: SystemDice
    private var sidecar: Process?
    private var sidecarInput = Pipe()
    private let answers = Pipe()
    private var living: [String: Process] = [:]
    private var remaining: [String: Int] = [:]
    private var generation = 0
    private var rest = ""

    private(set) var ends: [String: Int] = [:]
    private(set) var killed: [String: Int] = [:]
    private(set) var seen: Set<NamedProcess> = []
    /// Resident KiB of the sidecar that lives to the end, looked at from time to time.
    private(set) var memory: [Int] = []
    private(set) var zombiesOfTheLastSidecar = 0
    private let started = Date()

    init(_ bench: Workbench, seed: UInt64, clients: Int, callsEach: Int) {
        (self.bench, self.clients, self.callsEach) = (bench, clients, callsEach)
        dice = SystemDice(state: seed)
    }

    var answered: Int { ends.values.reduce(0, +) }
    private var total: Int { clients * callsEach }

    var summary: String {
        let seconds = Int(Date().timeIntervalSince(started))
        return "\(answered) calls of \(clients) clients in \(seconds) s, ends \(ends), "
            + "killed \(killed), \(seen.count) processes seen, sidecar KiB \(memory)"
    }

    func run() throws {
        try startSidecar()
        for number in 0..<clients {
            remaining["c\(number)"] = callsEach
            try startClient("c\(number)")
        }
        var nextKill = 40
        while answered < total {
            for line in readLines() { note(line) }
            if answered >= nextKill && answered < total {
                nextKill = answered + 20 + dice.roll(80)
                try killSomebody()
            }
        }
        for client in living.values { client.waitUntilExit() }
        zombiesOfTheLastSidecar = zombies()
        try sidecarInput.fileHandleForWriting.close()
        sidecar?.waitUntilExit()
        XCTAssertEqual(sidecar?.terminationStatus, 0)
    }

    private func note(_ line: String) {
        let parts = line.split(separator: " ").map(String.init)
        guard parts.count == 2 else { return XCTFail("a client said: \(line)") }
        ends[parts[1], default: 0] += 1
        remaining[parts[0], default: 0] -= 1
        // From the middle on the sidecar lives, and has warmed up some calls later.
        let half = total / 2 + total / 8
        if answered >= half, (answered - half) % max(1, total / 20) == 0 { look() }
    }

    private func startSidecar() throws {
        let process = bench.process([".", "serve"], program: "call-storm")
        sidecarInput = Pipe()
        let output = Pipe()
        process.standardInput = sidecarInput
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        sidecar = process
        guard !output.fileHandleForReading.availableData.isEmpty else {
            return XCTFail("the sidecar ended before it served")
        }
    }

    private func startClient(_ name: String) throws {
        generation += 1
        let process = bench.process(
            [
                bench.path("storm.sock"), "client", name, String(generation &* 7919),
                String(remaining[name] ?? 0),
            ], program: "call-storm")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = answers.fileHandleForWriting
        process.standardError = FileHandle.nullDevice
        try process.run()
        living[name] = process
    }

    private func killSomebody() throws {
        let family = descendants()
        seen.formUnion(family)
        switch dice.roll(20) {
        case 0 where answered < total / 2:
            try killSidecar(family)
        case 1, 2:
            try killClient()
        default:
            guard let victim = family.randomElement(using: &dice) else { return }
            if kill(victim.pid, SIGKILL) == 0 { killed["worker", default: 0] += 1 }
        }
        if killed["sidecar"] == nil && answered > total / 4 { try killSidecar(family) }
        if killed["client"] == nil && answered > total / 4 { try killClient() }
    }

    private func killSidecar(_ family: Set<NamedProcess>) throws {
        guard let sidecar else { return }
        kill(sidecar.processIdentifier, SIGKILL)
        sidecar.waitUntilExit()
        killed["sidecar", default: 0] += 1
        for process in family where !process.ends() {
            XCTFail("process \(process.pid) outlived its sidecar")
        }
        try startSidecar()
    }

    private func killClient() throws {
        let names = remaining.filter { $0.value > 0 }.keys.sorted()
        guard let name = names.randomElement(using: &dice), let process = living[name] else {
            return
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        killed["client", default: 0] += 1
        // What it had said is still in the pipe: those calls count, and only the rest is redone.
        fence()
        if remaining[name] ?? 0 > 0 { try startClient(name) }
    }

    /// Reads what was said up to now: after a mark of our own nothing older is in the pipe.
    private func fence() {
        answers.fileHandleForWriting.write(Data("fence fence\n".utf8))
        while true {
            let lines = readLines()
            for line in lines where line != "fence fence" { note(line) }
            if lines.contains("fence fence") { return }
        }
    }

    /// What clients said by now, at least something; short lines are written whole (PIPE_BUF).
    private func readLines() -> [String] {
        rest += String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        var lines = rest.components(separatedBy: "\n")
        rest = lines.removeLast()
        return lines
    }

    private func look() {
        guard let pid = sidecar?.processIdentifier,
            let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let size = line.split(separator: " ").dropLast().last.flatMap({ Int($0) })
        else { return }
        memory.append(size)
    }

    // MARK: /proc

    private struct Entry {
        let pid: Int32
        let parent: Int32
        let isZombie: Bool
    }

    private func entries() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let pid = Int32(name),
                let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
            return Entry(pid: pid, parent: parent, isZombie: fields[0] == "Z")
        }
    }

    /// Launchers and workers of the sidecar.
    private func descendants() -> Set<NamedProcess> {
        guard let root = sidecar?.processIdentifier else { return [] }
        let all = entries()
        var family: Set<Int32> = [root]
        var size = 0
        while family.count != size {
            size = family.count
            for entry in all where family.contains(entry.parent) { family.insert(entry.pid) }
        }
        family.remove(root)
        return Set(family.compactMap { NamedProcess(pid: $0) })
    }

    /// The dead whom the sidecar or one of its launchers did not bury, after a while in which it
    /// could.
    private func zombies() -> Int {
        guard let root = sidecar?.processIdentifier else { return 0 }
        let end = Date() + 5
        while Date() < end {
            let all = entries()
            let parents = Set(all.filter { $0.parent == root }.map(\.pid)).union([root])
            if !all.contains(where: { $0.isZombie && parents.contains($0.parent) }) { return 0 }
            sched_yield()
        }
        let all = entries()
        return all.count { $0.isZombie && $0.parent == root }
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct SystemDice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
}
