internal import RIGDoctor
internal import RIGJSON
internal import RIGSandbox

/// What came of the escape attempts, for eyes and for programs.
struct TrialText {
    let level: SandboxLevel
    let results: [(runtime: Interpreter.Runtime, result: Result<TrialReport, TrialFault>)]
    /// Every attempt, not only groups and escapes.
    let isLong: Bool

    /// Something was tried, all of it was decided, and nothing got through that should not.
    var holds: Bool {
        !results.isEmpty
            && results.allSatisfy { entry in
                if case .success(let report) = entry.result { report.holds } else { false }
            }
    }

    var words: String {
        var text = ""
        if level == .none {
            text += "SANDBOX LEVEL NONE: PACKS RUN UNCONFINED. Nothing below is a wall.\n\n"
        }
        for (runtime, result) in results {
            switch result {
            case .success(let report): text += words(of: report)
            case .failure(let fault):
                text += "\(runtime.rawValue): not tried: \(Printable.escaped(fault.text))\n"
            }
            text += "\n"
        }
        if results.isEmpty { text += "no runtime is enabled that RIG itself confines\n" }
        return text + verdict
    }

    private var verdict: String {
        holds
            ? "the level \(level.name) holds\n"
            : "THE LEVEL \(level.name.uppercased()) DOES NOT HOLD\n"
    }

    private func words(of report: TrialReport) -> String {
        var text =
            "\(report.runtime.rawValue) \(report.version) at level \(report.level.name): "
            + "\(report.count(.denied)) denied, \(report.count(.escaped)) escaped, "
            + "\(report.count(.skipped)) skipped\n"
        if isLong {
            var table = Table("ATTEMPT", "VERDICT", "BY", "HOW")
            for attempt in report.attempts {
                table.add(
                    attempt.name, attempt.verdict.rawValue.lowercased(), layer(attempt, report),
                    attempt.detail)
            }
            text += table.text
        } else {
            var table = Table("GROUP", "DENIED", "ESCAPED", "SKIPPED", "BY")
            for group in report.groups {
                let counts = [Attempt.Verdict.denied, .escaped, .skipped].map { verdict in
                    String(group.attempts.count { $0.verdict == verdict })
                }
                table.add(
                    group.name, counts[0], counts[1], counts[2], layers(group.attempts, report))
            }
            text += table.text
        }
        return text + escapes(report)
    }

    private func escapes(_ report: TrialReport) -> String {
        var text = ""
        if level > .none || !isLong {
            for attempt in report.unknownEscapes {
                text += "ESCAPED \(attempt.name): \(Printable.escaped(attempt.detail))\n"
            }
        }
        for (attempt, gap) in report.knownEscapes {
            text += "known gap \(attempt.name): \(gap.remedy)\n"
        }
        for touch in report.touched { text += "SEEN OUTSIDE: \(Printable.escaped(touch))\n" }
        if let fault = report.fault { text += "NOT WHOLE: \(Printable.escaped(fault))\n" }
        return text
    }

    private func layer(_ attempt: Attempt, _ report: TrialReport) -> String {
        attempt.verdict == .denied
            ? DenialLayer.of(attempt, at: report.level).rawValue : "-"
    }

    /// The layers that denied, most often first.
    private func layers(_ attempts: [Attempt], _ report: TrialReport) -> String {
        let counts = layerCounts(attempts, report).sorted {
            ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue)
        }
        return counts.isEmpty
            ? "-" : counts.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
    }

    private func layerCounts(
        _ attempts: [Attempt], _ report: TrialReport
    ) -> [DenialLayer: Int] {
        var counts: [DenialLayer: Int] = [:]
        for attempt in attempts where attempt.verdict == .denied {
            counts[DenialLayer.of(attempt, at: report.level), default: 0] += 1
        }
        return counts
    }
}

extension TrialText {
    var json: JSONValue {
        [
            "ok": .bool(holds), "level": .string(level.name),
            "runtimes": .array(results.map { entry(of: $0.runtime, $0.result) }),
        ]
    }

    private func entry(
        of runtime: Interpreter.Runtime, _ result: Result<TrialReport, TrialFault>
    ) -> JSONValue {
        switch result {
        case .failure(let fault):
            return [
                "runtime": .string(runtime.rawValue), "holds": false, "fault": .string(fault.text),
            ]
        case .success(let report):
            var object: JSONObject = [
                "runtime": .string(runtime.rawValue), "version": .string(report.version),
                "holds": .bool(report.holds),
                "denied": .number(JSONNumber(report.count(.denied))),
                "escaped": .number(JSONNumber(report.count(.escaped))),
                "skipped": .number(JSONNumber(report.count(.skipped))),
                "seen_outside": .array(report.touched.map { .string($0) }),
                "attempts": .array(report.attempts.map { entry(of: $0, report) }),
            ]
            object["fault"] = report.fault.map { .string($0) }
            return .object(object)
        }
    }

    private func entry(of attempt: Attempt, _ report: TrialReport) -> JSONValue {
        var object: JSONObject = [
            "name": .string(attempt.name), "group": .string(attempt.group),
            "verdict": .string(attempt.verdict.rawValue.lowercased()),
            "detail": .string(attempt.detail),
        ]
        if attempt.verdict == .denied {
            object["by"] = .string(DenialLayer.of(attempt, at: report.level).rawValue)
        }
        if let gap = KnownGap.all(at: report.level).first(where: { $0.name == attempt.name }) {
            object["known_gap"] = .string(gap.remedy)
        }
        return .object(object)
    }
}
