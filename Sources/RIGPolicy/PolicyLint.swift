internal import RIGJSON
internal import RIGModel

/// Finds rules that can never match, from the rules alone.
enum PolicyLint {
    static func faults(of rules: [PolicyProgram.Rule]) -> [PolicyFault] {
        var faults: [PolicyFault] = []
        for (index, rule) in rules.enumerated() {
            func add(_ reason: PolicyFault.Reason) {
                faults.append(PolicyFault(rule.source, at: index, reason))
            }
            if rule.source.id.hasPrefix("defaults.") { add(.reservedID) }
            if rule.source.limit != nil, rule.source.effect == .deny { add(.limitOnDeny) }
            if let when = rule.source.when, let found = Contradiction.find(in: when) {
                add(.unsatisfiable(pointer: found.pointer, why: found.why))
            } else if let ids = shadows(of: rule, in: rules[..<index]) {
                add(.shadowed(by: ids))
            }
        }
        return faults
    }

    /// The earlier rules that together take every call of `rule`, or nil. A tool has one risk, so
    /// rules of several risks can cover a rule of all risks; they are looked for risk by risk.
    private static func shadows(
        of rule: PolicyProgram.Rule, in earlier: ArraySlice<PolicyProgram.Rule>
    ) -> [String]? {
        var ids: [String] = []
        for risk in rule.source.risk.map({ [$0] }) ?? Risk.allCases {
            guard let shadow = earlier.first(where: { $0.takesAll(of: rule, risk: risk) }) else {
                return nil
            }
            if !ids.contains(shadow.source.id) { ids.append(shadow.source.id) }
        }
        return ids
    }
}

extension PolicyProgram.Rule {
    /// Whether every call of `other` with a tool of that risk is decided here: no narrower in any
    /// field, and asking nothing of the arguments that `other` does not ask.
    fileprivate func takesAll(of other: PolicyProgram.Rule, risk: Risk) -> Bool {
        (source.risk == nil || source.risk == risk)
            && (when == nil || source.when == other.source.when)
            && tool.covers(other.tool) && pack.covers(other.pack)
            && tenant.covers(other.tenant) && actor.covers(other.actor)
    }
}
