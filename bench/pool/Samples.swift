/// What was measured of one pack, in nanoseconds.
struct Samples {
    var shared: [UInt64] = []
    /// A fresh worker that was ready and waiting.
    var spare: [UInt64] = []
    /// From nothing to a ready worker.
    var start: [UInt64] = []
    /// A call in a row of calls, each with a fresh worker.
    var sustained: [UInt64] = []

    func report(_ name: String) {
        print("\(name), microseconds             p50       p90")
        print(line("a call, shared worker", shared))
        print(line("a call, fresh worker, spare ready", spare))
        print(line("bare start of a worker", start))
        print(line("a fresh call without a pause", sustained))
        let ratio = middle(spare) / middle(shared)
        print("  fresh with a spare / shared:        \(ratio.two)")
        print("  fresh without a pause / bare start: \((middle(sustained) / middle(start)).two)\n")
    }

    private func line(_ words: String, _ samples: [UInt64]) -> String {
        let sorted = samples.sorted()
        let values = [0.5, 0.9].map { fraction in
            let index = min(sorted.count - 1, Int(fraction * Double(sorted.count)))
            return (Double(sorted[index]) / 1000).two.padded(10)
        }
        return "  " + words.padded(36) + values.joined()
    }

    private func middle(_ samples: [UInt64]) -> Double {
        Double(samples.sorted()[samples.count / 2])
    }
}

extension Double {
    /// With two fraction digits.
    var two: String {
        let hundredths = Int((self * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

extension String {
    func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
