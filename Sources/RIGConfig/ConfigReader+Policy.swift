internal import RIGJSON
internal import RIGModel
internal import RIGYAML

extension ConfigReader {
    func policy(_ section: ConfigSection) -> Policy {
        var policy = Policy()
        let defaults = section.section("defaults", ConfigShape.defaults)
        for risk in Risk.allCases {
            if let effect = defaults.choice(risk.rawValue, Effect.self) {
                policy.defaults[risk] = effect
            }
        }
        var ids: Set<String> = []
        for section in section.sections("rules", ConfigShape.rule) {
            guard let rule = rule(section) else { continue }
            if !ids.insert(rule.id).inserted {
                section.fault("id", "another rule has this id")
            }
            policy.rules.append(rule)
        }
        let approvals = section.section("approvals", ConfigShape.approvals)
        policy.approvalTTLMilliseconds = approvals.duration(
            "ttl", default: policy.approvalTTLMilliseconds)
        for section in section.sections("rate_limits", ConfigShape.rateLimit) {
            let (tenant, tool) = (section.glob("tenant"), section.glob("tool"))
            guard let window = window(section) else { continue }
            policy.rateLimits.append(
                RateLimit(tenant: tenant, tool: tool, window: window, place: place(section)))
        }
        return policy
    }

    private func rule(_ section: ConfigSection) -> PolicyRule? {
        section.require("id")
        section.require("effect")
        let id = section.name("id")
        let effect = section.choice("effect", Effect.self)
        var rule = PolicyRule(id: id ?? "", effect: effect ?? .deny, place: place(section))
        rule.tool = section.glob("tool")
        rule.pack = section.glob("pack")
        if section["risk"].map({ !Self.isStar($0) }) ?? false {
            rule.risk = section.choice("risk", Risk.self)
        }
        rule.tenant = section.glob("tenant")
        rule.actor = section.glob("actor")
        rule.when = condition(section)
        rule.whenPlace = section["when"].map {
            ConfigPlace(line: $0.start.line, column: $0.start.column)
        }
        if section.has("limit") {
            rule.limit = window(section.section("limit", ConfigShape.ruleLimit))
        }
        return id == nil || effect == nil ? nil : rule
    }

    private static func isStar(_ node: YAMLNode) -> Bool {
        if case .string("*") = node.value { true } else { false }
    }

    private func condition(_ section: ConfigSection) -> JSONValue? {
        guard let node = section["when"] else { return nil }
        guard node.kind == "mapping" || node.kind == "boolean" else {
            section.fault("when", "expected a JSON Schema, found \(node.found)")
            return nil
        }
        guard let schema = node.json else {
            section.fault("when", "holds a number that JSON does not have")
            return nil
        }
        return schema
    }

    private func window(_ section: ConfigSection) -> RateWindow? {
        section.require("per")
        section.require("calls")
        let per = section.duration("per", default: 0)
        let calls = section.integer("calls", 1...1_000_000_000, default: 0)
        return per > 0 && calls > 0
            ? RateWindow(perMilliseconds: per, calls: calls) : nil
    }
}
