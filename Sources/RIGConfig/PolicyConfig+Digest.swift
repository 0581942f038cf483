package import RIGBytes
internal import RIGJSON
internal import RIGModel

extension PolicyConfig {
    /// Names what the policy says, wherever in the file it says so: SHA-256 over a canonical form.
    /// What a person approved under one policy does not count under another.
    package var digest: Digest {
        let value: JSONValue = [
            "approvals": ["ttl": Self.number(approvalTTLMilliseconds)],
            "defaults": [
                "destructive": .string(defaults.destructive.rawValue),
                "money": .string(defaults.money.rawValue),
                "read": .string(defaults.read.rawValue),
                "write": .string(defaults.write.rawValue),
            ],
            "rate_limits": .array(
                rateLimits.map { limit in
                    [
                        "tenant": .string(limit.tenant), "tool": .string(limit.tool),
                        "window": Self.encode(limit.window),
                    ]
                }),
            "rules": .array(rules.map(Self.encode)),
        ]
        let text = ByteBuffer()
        CanonicalJSON.append(value, to: text)
        var hash = SHA256()
        hash.update(text, text.range)
        return hash.finish()
    }

    private static func encode(_ rule: Rule) -> JSONValue {
        [
            "actor": .string(rule.actor), "effect": .string(rule.effect.rawValue),
            "id": .string(rule.id), "limit": rule.limit.map(encode) ?? .null,
            "pack": .string(rule.pack), "risk": rule.risk.map { .string($0.rawValue) } ?? .null,
            "tenant": .string(rule.tenant), "tool": .string(rule.tool), "when": rule.when ?? .null,
        ]
    }

    private static func encode(_ window: Window) -> JSONValue {
        ["calls": number(window.calls), "per": number(window.perMilliseconds)]
    }

    private static func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
}
