internal import RIGJSON
internal import RIGModel
internal import RIGYAML

extension ConfigReader {
    func policy(_ section: ConfigSection) -> PolicyConfig {
        var policy = PolicyConfig()
        let defaults = section.section("defaults", ConfigShape.defaults)
        func effect(_ key: String, _ fallback: PolicyConfig.Effect) -> PolicyConfig.Effect {
            defaults.choice(key, PolicyConfig.Effect.self) ?? fallback
        }
        policy.defaults = PolicyConfig.Defaults(
            read: effect("read", .allow), write: effect("write", .approve),
            money: effect("money", .approve), destructive: effect("destructive", .deny))
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
                PolicyConfig.RateLimit(tenant: tenant, tool: tool, window: window))
        }
        return policy
    }

    private func rule(_ section: ConfigSection) -> PolicyConfig.Rule? {
        section.require("id")
        section.require("effect")
        let id = section.name("id")
        let effect = section.choice("effect", PolicyConfig.Effect.self)
        var rule = PolicyConfig.Rule(
            id: id ?? "", tool: section.glob("tool"), pack: section.glob("pack"), risk: nil,
            tenant: section.glob("tenant"), actor: section.glob("actor"), when: nil,
            effect: effect ?? .deny, limit: nil, place: place(section))
        if section["risk"].map({ !Self.isStar($0) }) ?? false {
            rule.risk = section.choice("risk", Risk.self)
        }
        rule.when = condition(section)
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

    private func window(_ section: ConfigSection) -> PolicyConfig.Window? {
        section.require("per")
        section.require("calls")
        let per = section.duration("per", default: 0)
        let calls = section.integer("calls", 1...1_000_000_000, default: 0)
        return per > 0 && calls > 0
            ? PolicyConfig.Window(perMilliseconds: per, calls: calls) : nil
    }
}
