/// One escape that was tried in a worker, and how it ended.
package struct Attempt: Equatable, Sendable {
    package enum Verdict: String, Sendable {
        case denied = "DENIED"
        case escaped = "ESCAPED"
        case skipped = "SKIPPED"
    }

    /// The probe's name, such as `fs.read_shadow`; unique within a runtime.
    package let name: String
    package var verdict: Verdict
    /// As the probe said it: for a denial its first word tells how the attempt failed.
    package var detail: String

    package init(name: String, verdict: Verdict, detail: String) {
        self.name = name
        self.verdict = verdict
        self.detail = detail
    }

    /// `fs` of `fs.read_shadow`.
    package var group: String { String(name.prefix { $0 != "." }) }

    /// The first word of the detail: `EACCES`, `CLEAN`, `MemoryError`.
    var reason: String { String(detail.prefix { $0 != " " }) }
}

/// What the probes of one worker wrote, line by line.
package struct ProbeOutput: Equatable, Sendable {
    package private(set) var attempts: [Attempt] = []
    /// The probes got through all that does not end the worker.
    package private(set) var isSummed = false
    /// Attempts that may end the worker, each to be tried in one of its own.
    package private(set) var later: [String] = []
    /// An attempt was announced and no verdict followed: the worker died of it.
    package private(set) var unanswered: String?

    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            switch words.first {
            case "SUMMARY": isSummed = true
            case "LATER": later += words.dropFirst().prefix(1)
            case "TRYING": unanswered = words.count > 1 ? words[1] : nil
            default:
                guard words.count > 1, let verdict = Attempt.Verdict(rawValue: words[0]) else {
                    continue
                }
                unanswered = nil
                attempts.append(
                    Attempt(
                        name: words[1], verdict: verdict, detail: words.count > 2 ? words[2] : ""))
            }
        }
    }

    /// What a worker wrote that was to make the one attempt, and then was killed or not.
    static func verdict(on name: String, _ text: String, end: String) -> Attempt? {
        let output = ProbeOutput(text)
        if let attempt = output.attempts.first(where: { $0.name == name }) { return attempt }
        // It died of it: the denial that the kernel gives to a foreign ABI and to memory.
        guard output.unanswered == name, end.hasPrefix("SIG") else { return nil }
        return Attempt(
            name: name, verdict: .denied, detail: "\(end) the worker was killed for it")
    }
}
