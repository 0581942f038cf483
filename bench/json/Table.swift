import Dispatch
import Foundation

/// What one payload costs on one kernel.
struct Row {
    var kernel: String
    var name: String
    var bytes: Int
    var bound: Double?
    var scan: Time
    var grammar: Time
    var schema: Time
    /// Accepting and refusing, timed in turn.
    var pair: [Time]
    var allocations: Int

    static let header =
        "kernel   payload   bytes   scan ns (median)    +grammar           +schema             "
        + "GB/s  target verdict refused/accepted allocations"
    static let legend = """
        scan: stage 1. +grammar: and the walk without a schema. +schema: and the walk with it, formats
        asserted, which is what the target (section 4 of the design, ns) is for; the verdict is by the
        least of the batches, since other work on the machine only adds. GB/s: of scan and grammar.
        refused/accepted: the payload's invalid twin (error at the end; tiny: in the third value).
        """

    /// Scan and grammar walk.
    var grammarSpeed: Double { Double(bytes) / grammar.least }
    var refusalRatio: Double { pair[1].least / pair[0].least }
    var isMet: Bool? { bound.map { schema.least <= $0 } }

    var line: String {
        let wanted = bound.map { String(format: "%7.0f", $0) } ?? "      -"
        let verdict = isMet.map { $0 ? "met" : "missed" } ?? "-"
        return [
            kernel.padding(toLength: 8, withPad: " ", startingAt: 0),
            name.padding(toLength: 7, withPad: " ", startingAt: 0),
            String(format: "%8d", bytes), text(scan), text(grammar), text(schema),
            String(format: "%5.2f", grammarSpeed), wanted,
            verdict.padding(toLength: 7, withPad: " ", startingAt: 0),
            String(format: "%16.2f", refusalRatio), String(format: "%11d", allocations),
        ].joined(separator: " ")
    }

    private func text(_ time: Time) -> String {
        String(format: "%8.0f (%8.0f)", time.least, time.median)
    }
}

/// What the design promises beyond the rows' targets.
enum Promise {
    private static let speedMin = 2.0
    private static let refusalMax = 1.05

    static func lines(_ rows: [Row]) -> [String] {
        var lines: [String] = []
        if let row = rows.first(where: { $0.kernel == "avx2" && $0.name == "medium" }) {
            lines.append(
                verdict(row.grammarSpeed >= speedMin)
                    + String(
                        format: "10 KB payload, scan and grammar walk with AVX2: %.2f GB/s "
                            + "(at least %.0f)", row.grammarSpeed, speedMin))
        }
        let slowest = rows.map(\.refusalRatio).max() ?? 0
        lines.append(
            verdict(slowest <= refusalMax)
                + String(
                    format: "a refusal takes at most %.2f of an acceptance (at most %.2f)", slowest,
                    refusalMax))
        let allocations = rows.map(\.allocations).max() ?? 0
        lines.append(
            verdict(allocations == 0)
                + "heap allocations of a warm request, accepted and refused: \(allocations)")
        let missed = rows.filter { $0.isMet == false }.map { "\($0.kernel) \($0.name)" }
        lines.append(
            verdict(missed.isEmpty)
                + (missed.isEmpty ? "all targets" : "targets: " + missed.joined(separator: ", ")))
        return lines
    }

    private static func verdict(_ holds: Bool) -> String { holds ? "met     " : "missed  " }
}

enum Machine {
    /// The processor, and its clock while this runs: figures taken at another are to be scaled.
    static var line: String {
        let model = FileManager.default.contents(atPath: "/proc/cpuinfo")
            .flatMap { String(data: $0, encoding: .utf8) }?
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let load = FileManager.default.contents(atPath: "/proc/loadavg")
            .flatMap { String(data: $0, encoding: .utf8) }?.split(separator: " ").first
        return [
            String(format: "clock %.2f GHz", clock()), "load \(load ?? "?")", model ?? "?",
        ].joined(separator: ", ")
    }

    /// From a chain of multiplications of three cycles each.
    private static func clock() -> Double {
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
}
