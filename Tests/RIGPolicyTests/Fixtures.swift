import RIGBytes
import RIGJSON
import RIGModel
import XCTest

@testable import RIGPolicy

/// A rule from the fields that a test is about.
func rule(
    _ id: String, _ effect: Effect, tool: String = "*", pack: String = "*", risk: Risk? = nil,
    tenant: String = "*", actor: String = "*", when: JSONValue? = nil, limit: RateWindow? = nil
) -> PolicyRule {
    var rule = PolicyRule(id: id, effect: effect)
    rule.tool = tool
    rule.pack = pack
    rule.risk = risk
    rule.tenant = tenant
    rule.actor = actor
    rule.when = when
    rule.limit = limit
    return rule
}

func policy(_ rules: PolicyRule..., limits: [RateLimit] = []) -> Policy {
    var policy = Policy()
    policy.rules = rules
    policy.rateLimits = limits
    return policy
}

func at(most: Int64, _ name: String = "amount") -> JSONValue {
    [
        "required": .array([.string(name)]),
        "properties": .object([name: ["maximum": .number(JSONNumber(most))]]),
    ]
}

let refund = PolicyTool(name: "shop.refund", pack: "rig-pack-shop", risk: .money)
let caller = PolicyCaller(tenant: "acme", actor: "bot")

extension PolicyProgram {
    func decide(
        _ tool: PolicyTool, _ args: JSONValue = [:], _ who: PolicyCaller = caller
    ) throws -> Decision {
        try Self.decide(decision(for: tool), who, args)
    }
}

/// The reasons that lint gives, by rule id; empty when it has none.
func lint(_ policy: Policy) -> [String: [PolicyFault.Reason]] {
    do throws(PolicyFaults) {
        _ = try PolicyProgram.compile(policy)
        return [:]
    } catch {
        return error.faults.reduce(into: [:]) {
            $0[$1.rule ?? $1.what, default: []].append($1.reason)
        }
    }
}
