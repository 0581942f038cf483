internal import RIGJSON
internal import RIGModel
internal import RIGPolicy
internal import RIGRegistry

/// An explanation of the policy, for eyes and for machines.
struct PolicyText {
    let tool: Tool
    let caller: PolicyCaller
    let args: JSONValue?
    let explanation: Explanation

    /// What the tool's schema has against the arguments: such a call ends before it is decided.
    private var violations: [SchemaViolation] {
        args.map { tool.input.report($0) } ?? []
    }

    var words: String {
        var text = "\(tool.name) (\(tool.definition.risk.rawValue), \(tool.pack.name))"
        text += " for tenant \(caller.tenant), actor \(caller.actor)\n"
        text = Printable.lines(text)
        if !tool.isEnabled { text += "disabled: every call is refused before it is decided\n" }
        for violation in violations {
            text += "refused before it is decided: \(Self.words(violation))\n"
        }
        var table = Table("RULE", "LINE", "SAYS")
        for account in explanation.accounts {
            table.add(account.rule.id, String(account.rule.place.line), Self.words(account))
        }
        if let last = explanation.forecast.decisions.last, last.rule.hasPrefix("defaults.") {
            let word = explanation.forecast.decisions.count == 1 ? "decides" : "else"
            table.add(last.rule, "-", "\(word): \(last.effect.rawValue)")
        }
        text += "\n" + table.text + "\n" + verdict
        for limit in explanation.limits { text += "at most \(limit.text) (\(limit.name))\n" }
        return text
    }

    private var verdict: String {
        let decisions = explanation.forecast.decisions
        if decisions.count == 1 {
            return "\(decisions[0].effect.rawValue), by \(decisions[0].rule)\n"
        }
        let effects = explanation.forecast.effects.map(\.rawValue).joined(separator: ", ")
        return "\(explanation.forecast.word): \(effects), as the arguments are\n"
    }

    private static func words(_ account: Explanation.Account) -> String {
        let effect = account.rule.effect.rawValue
        switch account.verdict {
        case .decides: return "decides: \(effect)"
        case .depends: return "\(effect), if its when holds"
        case .tooCostly: return "decides: deny, since its when is too costly on these arguments"
        case .differs(let differences):
            return "no: "
                + differences.map { "\($0.field) is \($0.actual), not \($0.wanted)" }
                .joined(separator: "; ")
        case .refuses(let violations):
            return "no: when: " + violations.map(words).joined(separator: "; ")
        }
    }

    private static func words(_ violation: SchemaViolation) -> String {
        let place = violation.pointer.isEmpty ? "the arguments" : violation.pointer
        return "\(place) \(violation.message) (\(violation.schemaPointer))"
    }

    var json: JSONValue {
        var object: JSONObject = [
            "ok": true, "tool": .string(tool.name), "pack": .string(tool.pack.name),
            "risk": .string(tool.definition.risk.rawValue), "enabled": .bool(tool.isEnabled),
            "tenant": .string(caller.tenant), "actor": .string(caller.actor),
            "effect": .string(explanation.forecast.word),
            "decisions": .array(
                explanation.forecast.decisions.map { decision in
                    ["effect": .string(decision.effect.rawValue), "rule": .string(decision.rule)]
                }),
            "rules": .array(explanation.accounts.map(Self.json)),
            "limits": .array(
                explanation.limits.map { limit in
                    [
                        "limit": .string(limit.name),
                        "calls": .number(JSONNumber(limit.window.calls)),
                        "per_ms": .number(JSONNumber(limit.window.perMilliseconds)),
                    ]
                }),
        ]
        if args != nil { object["violations"] = .array(violations.map(Self.json)) }
        return .object(object)
    }

    private static func json(_ account: Explanation.Account) -> JSONValue {
        var object: JSONObject = [
            "rule": .string(account.rule.id),
            "line": .number(JSONNumber(account.rule.place.line)),
            "effect": .string(account.rule.effect.rawValue),
        ]
        switch account.verdict {
        case .decides: object["verdict"] = "decides"
        case .depends: object["verdict"] = "depends"
        case .tooCostly: object["verdict"] = "too_costly"
        case .differs(let differences):
            object["verdict"] = "differs"
            object["differs"] = .array(
                differences.map { difference in
                    [
                        "field": .string(difference.field), "wanted": .string(difference.wanted),
                        "actual": .string(difference.actual),
                    ]
                })
        case .refuses(let violations):
            object["verdict"] = "refuses"
            object["violations"] = .array(violations.map(json))
        }
        return .object(object)
    }

    private static func json(_ violation: SchemaViolation) -> JSONValue {
        [
            "pointer": .string(violation.pointer), "keyword": .string(violation.keyword),
            "schema_pointer": .string(violation.schemaPointer),
            "message": .string(violation.message),
        ]
    }
}
