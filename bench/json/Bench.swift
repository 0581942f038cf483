import CScan
import Foundation
import RIGBytes
import RIGJSON

/// Prints what a scan, a grammar walk and a schema walk of each payload cost, for each vector kernel
/// this machine can run, next to the targets of the design.
///
///     rig-bench-json [FOLDER of payloads] [--quick]
///     rig-bench-json --times=NAME:KERNEL      least and median ns of the schema walk, for scripts
///     rig-bench-json --repeat=NAME:COUNT      one payload on the AVX2 path, for instruction counts
///
/// Times are nanoseconds for one payload: minimum and median of batches, all in one run.
@main
struct Bench {
    let folder: URL
    let batches: Int

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        func option(_ name: String) -> [Substring]? {
            arguments.first { $0.hasPrefix("--\(name)=") }?
                .dropFirst(name.count + 3).split(separator: ":")
        }
        let folder = URL(
            fileURLWithPath: arguments.first { !$0.hasPrefix("-") }
                ?? ProcessInfo.processInfo.environment["RIG_CORPORA"].map { $0 + "/json-bench" }
                ?? "../shared/corpora/json-bench")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("corpora not found: \(folder.path)")
            return
        }
        let bench = Bench(folder: folder, batches: arguments.contains("--quick") ? 9 : 31)
        if let parts = option("repeat"), parts.count == 2, let count = Int(parts[1]) {
            try bench.repeatOnly(String(parts[0]), count)
        } else if let parts = option("times"), parts.count == 2 {
            try bench.printTimes(String(parts[0]), String(parts[1]))
        } else {
            try bench.printTable()
        }
    }

    /// Every payload on every kernel, then the promises that are not a row of their own.
    private func printTable() throws {
        print(Machine.line)
        print(Row.header)
        var rows: [Row] = []
        for kernel in Kernel.all where kernel.prefer() {
            for target in Target.all {
                let row = try measure(target, kernel)
                print(row.line)
                rows.append(row)
            }
        }
        print(Row.legend)
        for line in Promise.lines(rows) { print(line) }
    }

    private func measure(_ target: Target, _ kernel: Kernel) throws -> Row {
        let payload = try Payload(folder, target.name)
        var run = Run()
        try run.warm(payload)
        let count = max(1, 1_500_000 / max(payload.good.count, 500))
        return Row(
            kernel: kernel.name, name: target.name, bytes: payload.good.count,
            bound: target.boundByKernel[kernel.name],
            scan: run.time(batches, count, [.scan(payload.good)])[0],
            grammar: run.time(batches, count, [.check(.any, payload.good)])[0],
            schema: run.time(batches, count, [.check(payload.program, payload.good)])[0],
            // In turn, since the two are compared.
            pair: run.time(
                batches, count,
                [.check(payload.program, payload.good), .check(payload.program, payload.bad)]),
            allocations: run.allocations(payload))
    }

    private func printTimes(_ name: String, _ kernelName: String) throws {
        guard let kernel = Kernel.all.first(where: { $0.name == kernelName }), kernel.prefer()
        else {
            print("this machine has no \(kernelName)")
            exit(1)
        }
        let payload = try Payload(folder, name)
        var run = Run()
        try run.warm(payload)
        let count = max(1, 1_500_000 / max(payload.good.count, 500))
        let time = run.time(batches, count, [.check(payload.program, payload.good)])[0]
        print("\(time.least) \(time.median)")
    }

    /// The same instructions for each of `count` checks, so that two counts tell what one takes.
    private func repeatOnly(_ name: String, _ count: Int) throws {
        guard let kernel = Kernel.all.first(where: { $0.name == "avx2" }), kernel.prefer() else {
            print("this machine has no AVX2")
            exit(1)
        }
        let payload = try Payload(folder, name)
        var run = Run()
        var held = 0
        for _ in 0..<count { held += run.check(payload.program, payload.good) }
        precondition(held == count, "\(name) fits its schema")
    }
}

/// A vector kernel of stage 1.
struct Kernel {
    var number: CInt
    var name: String

    static let all = [
        Kernel(number: 3, name: "avx512"), Kernel(number: 2, name: "avx2"),
        Kernel(number: 1, name: "ssse3"), Kernel(number: 0, name: "portable"),
    ]

    /// Makes all scans use it; false when this machine has not got it.
    func prefer() -> Bool { rig_scan_prefer(number) != 0 }
}

/// A payload and the design's bound for its scan and schema walk in ns, by kernel.
struct Target {
    var name: String
    var boundByKernel: [String: Double]

    static let all = [
        Target(name: "tiny", boundByKernel: ["avx512": 110, "avx2": 155]),
        Target(name: "small", boundByKernel: ["avx512": 480, "avx2": 650]),
        Target(name: "medium", boundByKernel: ["avx512": 3000, "avx2": 3900]),
        Target(name: "large", boundByKernel: ["avx512": 70_000, "avx2": 92_000]),
        Target(name: "huge", boundByKernel: ["avx512": 270_000, "avx2": 360_000]),
    ]
}

/// NAME.json, which fits NAME.schema.json, and NAME.invalid.json, which does not.
struct Payload {
    let good: ByteBuffer
    let bad: ByteBuffer
    let program: SchemaProgram

    init(_ folder: URL, _ name: String) throws {
        func load(_ kind: String) throws -> ByteBuffer {
            let file = folder.appendingPathComponent("\(name)\(kind).json")
            return ByteBuffer([UInt8](try Data(contentsOf: file)))
        }
        good = try load("")
        bad = try load(".invalid")
        let schema = try load(".schema")
        program = try SchemaProgram.compile(try JSONValue.parse(schema, schema.range))
    }
}
