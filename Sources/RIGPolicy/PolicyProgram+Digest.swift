internal import RIGBytes
internal import RIGJSON
internal import RIGModel

/// The canonical form of a policy. Every field is written, also where rig.yaml leaves it out, so
/// that the same policy written in two ways has one digest.
extension PolicyProgram {
    static func digest(of policy: Policy) -> Digest {
        var defaults: JSONObject = [:]
        for risk in Risk.allCases {
            defaults[risk.rawValue] = .string(policy.defaults[risk].rawValue)
        }
        let value: JSONValue = [
            "defaults": .object(defaults), "rules": .array(policy.rules.map(canonical)),
            "rate_limits": .array(policy.rateLimits.map(canonical)),
        ]
        let buffer = ByteBuffer()
        CanonicalJSON.append(value, to: buffer)
        var hash = SHA256()
        hash.update(buffer, buffer.range)
        return hash.finish()
    }

    private static func canonical(_ rule: PolicyRule) -> JSONValue {
        var object: JSONObject = [
            "id": .string(rule.id), "tool": .string(rule.tool), "pack": .string(rule.pack),
            "risk": .string(rule.risk?.rawValue ?? "*"), "tenant": .string(rule.tenant),
            "actor": .string(rule.actor), "effect": .string(rule.effect.rawValue),
        ]
        object["when"] = rule.when
        object["limit"] = rule.limit.map(canonical)
        return .object(object)
    }

    private static func canonical(_ limit: RateLimit) -> JSONValue {
        [
            "tenant": .string(limit.tenant), "tool": .string(limit.tool),
            "window": canonical(limit.window),
        ]
    }

    private static func canonical(_ window: RateWindow) -> JSONValue {
        [
            "per_ms": .number(JSONNumber(window.perMilliseconds)),
            "calls": .number(JSONNumber(window.calls)),
        ]
    }
}
