package import RIGSandbox

/// What came of the attempts of one runtime.
package struct TrialReport: Sendable {
    package let runtime: Interpreter.Runtime
    package let version: String
    package let level: SandboxLevel
    package let attempts: [Attempt]
    /// What the probes did outside, as seen from outside.
    package let touched: [String]
    /// Why the report is not whole; nil when every attempt has a verdict.
    package let fault: String?

    init(
        runtime: Interpreter.Runtime, version: String, level: SandboxLevel, attempts: [Attempt],
        touched: [String], fault: String?
    ) {
        self.runtime = runtime
        self.version = version
        self.level = level
        self.attempts = attempts
        self.touched = touched
        self.fault = fault
    }

    package func count(_ verdict: Attempt.Verdict) -> Int {
        attempts.count { $0.verdict == verdict }
    }

    /// Escapes that nobody said would succeed.
    package var unknownEscapes: [Attempt] {
        let known = Set(KnownGap.all(at: level).map(\.name))
        return attempts.filter { $0.verdict == .escaped && !known.contains($0.name) }
    }

    /// Escapes that are named in docs/SECURITY.md.
    package var knownEscapes: [(Attempt, KnownGap)] {
        let known = KnownGap.all(at: level)
        return attempts.filter { $0.verdict == .escaped }.compactMap { attempt in
            known.first { $0.name == attempt.name }.map { (attempt, $0) }
        }
    }

    /// The level does what it says. Level none says nothing, and holds nothing.
    package var holds: Bool {
        level > .none && fault == nil && touched.isEmpty && unknownEscapes.isEmpty
    }

    /// Attempts by group, in the order in which groups were tried.
    package var groups: [(name: String, attempts: [Attempt])] {
        var order: [String] = []
        for attempt in attempts where !order.contains(attempt.group) { order.append(attempt.group) }
        return order.map { group in (group, attempts.filter { $0.group == group }) }
    }
}
