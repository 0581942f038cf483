import CScan
import Foundation
import RIGBytes
import RIGJSON

/// Prints what a scan, a grammar walk and a schema walk of each payload cost, for each vector kernel
/// this machine can run, next to the targets of the design.
///
///     swift run -c release rig-json-bench [FOLDER of payloads] [--quick]
///
/// Times are nanoseconds for one payload: minimum and median of batches, all in one run.
@main
struct Bench {
    struct Target {
        var name: String
        /// The design's bound for scan and schema walk, by kernel.
        var boundByKernel: [String: Double]
    }

    static let targets = [
        Target(name: "tiny", boundByKernel: ["avx512": 110, "avx2": 155]),
        Target(name: "small", boundByKernel: ["avx512": 480, "avx2": 650]),
        Target(name: "medium", boundByKernel: ["avx512": 3000, "avx2": 3900]),
        Target(name: "large", boundByKernel: ["avx512": 70_000, "avx2": 92_000]),
        Target(name: "huge", boundByKernel: ["avx512": 270_000, "avx2": 360_000]),
    ]
    static let kernels: [(number: CInt, name: String)] = [
        (3, "avx512"), (2, "avx2"), (1, "ssse3"), (0, "portable"),
    ]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let folder = URL(
            fileURLWithPath: arguments.first { !$0.hasPrefix("-") }
                ?? ProcessInfo.processInfo.environment["RIG_CORPORA"].map { $0 + "/json-bench" }
                ?? "../shared/corpora/json-bench")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("corpora not found: \(folder.path)")
            return
        }
        if let repeats = arguments.first(where: { $0.hasPrefix("--repeat=") }) {
            // For instruction counts: NAME:COUNT of one payload and nothing else.
            let parts = repeats.dropFirst("--repeat=".count).split(separator: ":")
            try repeatOnly(folder, String(parts[0]), Int(parts[1]) ?? 1)
            return
        }
        let batches = arguments.contains("--quick") ? 9 : 31
        print(String(format: "clock while idle of other work: %.2f GHz", clock()))
        print(
            "kernel    payload   bytes    scan ns (median)   +grammar            +schema"
                + "             GB/s   target  verdict  refusal")
        for kernel in kernels where rig_scan_prefer(kernel.number) != 0 {
            for target in targets {
                let row = try measure(folder, target.name, batches)
                row.print(kernel.name, target.boundByKernel[kernel.name])
            }
        }
    }

    /// The core's clock now, from a chain of multiplications of three cycles each: figures taken at
    /// another clock are to be scaled by it.
    static func clock() -> Double {
        var best = Double.infinity
        var value = UInt64(CommandLine.arguments.count) | 1
        for _ in 0..<20 {
            let start = DispatchTime.now().uptimeNanoseconds
            for _ in 0..<200_000 { value = value &* 0x9E37_79B9_7F4A_7C15 &* value }
            let end = DispatchTime.now().uptimeNanoseconds
            best = min(best, Double(end - start) / 200_000)
        }
        return (value == 0 ? 0 : 6) / best
    }

    static func repeatOnly(_ folder: URL, _ name: String, _ count: Int) throws {
        let good = try load(folder.appendingPathComponent("\(name).json"))
        let schema = try load(folder.appendingPathComponent("\(name).schema.json"))
        let program = try SchemaProgram.compile(try JSONValue.parse(schema, schema.range))
        var run = Run()
        var held = 0
        for _ in 0..<count { held += run.check(program, good) }
        precondition(held == count)
    }

    static func load(_ file: URL) throws -> ByteBuffer {
        ByteBuffer([UInt8](try Data(contentsOf: file)))
    }

    static func measure(_ folder: URL, _ name: String, _ batches: Int) throws -> Row {
        let good = try load(folder.appendingPathComponent("\(name).json"))
        let bad = try load(folder.appendingPathComponent("\(name).invalid.json"))
        let schema = try load(folder.appendingPathComponent("\(name).schema.json"))
        let program = try SchemaProgram.compile(try JSONValue.parse(schema, schema.range))
        var run = Run()
        let fits = run.check(program, good) != 0
        let refused = run.check(program, bad) == 0
        precondition(fits && refused, "\(name) fits its schema, \(name).invalid does not")
        let count = max(1, 1_500_000 / max(good.count, 500))
        return Row(
            name: name, bytes: good.count,
            scan: run.time(batches, count, nil, good),
            grammar: run.time(batches, count, .any, good),
            schema: run.time(batches, count, program, good),
            refusal: run.time(batches, count, program, bad))
    }
}

/// A scanner and a checker, kept warm. Not in a class: that would add its checks of exclusive
/// access to every call.
struct Run: ~Copyable {
    private var scanner = Scanner(capacityBytes: 1 << 21)
    private var checker = Checker()

    @inline(never)
    mutating func scan(_ buffer: ByteBuffer) -> Int {
        do throws(JSONError) {
            try scanner.scan(buffer, buffer.range)
        } catch {
            return 0
        }
        return scanner.count
    }

    @inline(never)
    mutating func check(_ program: SchemaProgram, _ buffer: ByteBuffer) -> Int {
        do throws(JSONError) {
            try scanner.scan(buffer, buffer.range)
        } catch {
            return 0
        }
        return checker.checkAll(program, scanner, buffer) ? 1 : 0
    }

    /// Nanoseconds of one call: minimum and median over batches. No program: the scan alone.
    mutating func time(
        _ batches: Int, _ count: Int, _ program: SchemaProgram?, _ buffer: ByteBuffer
    ) -> Row.Time {
        var times: [Double] = []
        var sum = 0
        for _ in 0...batches {
            let start = DispatchTime.now().uptimeNanoseconds
            if let program {
                for _ in 0..<count { sum &+= check(program, buffer) }
            } else {
                for _ in 0..<count { sum &+= scan(buffer) }
            }
            let end = DispatchTime.now().uptimeNanoseconds
            times.append(Double(end - start) / Double(count))
        }
        if sum == 42 { print("") }
        times.removeFirst()
        times.sort()
        return Row.Time(least: times[0], median: times[times.count / 2])
    }
}

struct Row {
    struct Time {
        var least: Double
        var median: Double
        var text: String { String(format: "%9.0f (%9.0f)", least, median) }
    }

    var name: String
    var bytes: Int
    var scan: Time
    var grammar: Time
    var schema: Time
    var refusal: Time

    func print(_ kernel: String, _ bound: Double?) {
        let speed = String(format: "%5.2f", Double(bytes) / schema.least)
        let wanted = bound.map { String(format: "%7.0f", $0) } ?? "      -"
        let verdict = bound.map { schema.median <= $0 ? "met" : "missed" } ?? "-"
        let columns = [
            kernel.padding(toLength: 9, withPad: " ", startingAt: 0),
            name.padding(toLength: 7, withPad: " ", startingAt: 0),
            String(format: "%8d", bytes), scan.text, grammar.text, schema.text, speed, wanted,
            verdict.padding(toLength: 7, withPad: " ", startingAt: 0), refusal.text,
        ]
        Swift.print(columns.joined(separator: " "))
    }
}
