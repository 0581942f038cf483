internal import RIGBytes
package import RIGJSON
package import RIGModel

/// Why a call is decided as it is: what every rule said, up to the one that decides.
package struct Explanation: Sendable {
    package struct Account: Sendable {
        package let rule: PolicyRule
        package let verdict: Verdict
    }

    package enum Verdict: Sendable {
        case decides
        /// It decides some arguments and not others, and none were given.
        case depends
        /// It speaks of something else: every field that differs.
        case differs([Difference])
        /// It would decide, but for its `when`.
        case refuses([SchemaViolation])
        /// Its `when` gave up, so the call is denied.
        case tooCostly
    }

    package struct Difference: Sendable, Hashable {
        package let field: String
        package let wanted: String
        package let actual: String
    }

    /// One decision where the arguments are known, else all that are possible.
    package let forecast: Forecast
    /// In the order of the rules; those behind the one that decides were not asked.
    package let accounts: [Account]
    /// The limits that count the call if it is allowed or a person is asked.
    package let limits: [PolicyLimit]
}

extension PolicyProgram {
    /// Slow, for people: the decision is the one a call gets, and every rule gives account of
    /// itself.
    /// - Throws: Arguments that are too large or too deep to be scanned.
    package func explain(
        _ tool: PolicyTool, _ caller: PolicyCaller, _ args: JSONValue?
    ) throws(JSONError) -> Explanation {
        let program = decision(for: tool)
        guard let args else {
            let forecast = program.forecast(caller)
            return Explanation(
                forecast: forecast, accounts: accounts(tool, caller, forecast, nil),
                limits: limits(forecast, program, caller))
        }
        let decision = try Self.decide(program, caller, args)
        let forecast = Forecast(decisions: [decision])
        return Explanation(
            forecast: forecast, accounts: accounts(tool, caller, forecast, args),
            limits: limits(forecast, program, caller))
    }

    /// The decision for arguments that stand in no buffer.
    package static func decide(
        _ program: DecisionProgram, _ caller: PolicyCaller, _ args: JSONValue
    ) throws(JSONError) -> Decision {
        let buffer = ByteBuffer()
        args.write(to: buffer)
        var scanner = Scanner()
        var checker = Checker()
        try scanner.scan(buffer, buffer.range)
        return program.decide(caller, scanner, &checker, buffer)
    }

    private func accounts(
        _ tool: PolicyTool, _ caller: PolicyCaller, _ forecast: Forecast, _ args: JSONValue?
    ) -> [Explanation.Account] {
        var accounts: [Explanation.Account] = []
        for rule in rules {
            let differences = Self.differences(rule, tool, caller)
            let verdict: Explanation.Verdict
            if !differences.isEmpty {
                verdict = .differs(differences)
            } else if forecast.decisions.count == 1, forecast.decisions[0].rule == rule.source.id {
                verdict = forecast.decisions[0].isTooCostly ? .tooCostly : .decides
            } else if let when = rule.when {
                verdict =
                    args.map { .refuses(when.report($0, max: Limits.violationsReportedMax)) }
                    ?? .depends
            } else {
                verdict = .decides
            }
            accounts.append(Explanation.Account(rule: rule.source, verdict: verdict))
            switch verdict {
            case .decides, .tooCostly: return accounts
            case .depends, .differs, .refuses: continue
            }
        }
        return accounts
    }

    private static func differences(
        _ rule: Rule, _ tool: PolicyTool, _ caller: PolicyCaller
    ) -> [Explanation.Difference] {
        var differences: [Explanation.Difference] = []
        let fields: [(String, Glob, String)] = [
            ("tool", rule.tool, tool.name), ("pack", rule.pack, tool.pack),
            ("tenant", rule.tenant, caller.tenant), ("actor", rule.actor, caller.actor),
        ]
        for (field, pattern, actual) in fields where !pattern.matches(actual) {
            differences.append(
                Explanation.Difference(
                    field: field, wanted: pattern.description, actual: actual))
        }
        if let risk = rule.source.risk, risk != tool.risk {
            differences.append(
                Explanation.Difference(
                    field: "risk", wanted: risk.rawValue, actual: tool.risk.rawValue))
        }
        return differences
    }

    private func limits(
        _ forecast: Forecast, _ program: DecisionProgram, _ caller: PolicyCaller
    ) -> [PolicyLimit] {
        let own = forecast.decisions.filter { $0.limit >= 0 }.map { limits[Int($0.limit)] }
        let wide = program.limits.filter { $0.tenant.matches(caller.tenant) }
        return own + wide.map { limits[$0.limit] }
    }
}
