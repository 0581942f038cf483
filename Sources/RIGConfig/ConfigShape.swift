/// The keys that each mapping of rig.yaml may have, as the loader knows them.
///
/// `spec/rig.schema.json` is where they are decided; a test holds the two together.
package enum ConfigShape {
    /// The path of a mapping (`packs[].limits`; "" for the file itself) and its keys.
    package struct Section: Sendable {
        package let path: String
        package let keys: [String]
    }

    static let root = Section(
        path: "",
        keys: [
            "version", "packs", "runners", "sandbox", "policy", "update", "audit", "server", "mcp",
            "tokens",
        ])
    static let pack = Section(
        path: "packs[]",
        keys: [
            "npm", "pip", "path", "version", "as", "tools", "grants", "limits", "isolation",
            "native", "jit",
        ])
    static let grants = Section(
        path: "packs[].grants", keys: ["net", "fs", "secrets", "env"])
    static let files = Section(path: "packs[].grants.fs", keys: ["workspace", "data"])
    static let workspace = Section(
        path: "packs[].grants.fs.workspace", keys: ["path", "mode"])
    static let secret = Section(
        path: "packs[].grants.secrets.*", keys: ["from", "deliver", "host", "as"])
    static let limits = Section(
        path: "packs[].limits",
        keys: [
            "timeout", "concurrency", "workers", "memory", "max_input", "max_output", "queue",
        ])
    static let workers = Section(path: "packs[].limits.workers", keys: ["min", "max"])
    static let runners = Section(path: "runners", keys: ["node", "python"])
    static let node = Section(path: "runners.node", keys: ["enabled", "url", "sandbox"])
    static let python = Section(path: "runners.python", keys: ["enabled", "url", "sandbox"])
    static let sandbox = Section(path: "sandbox", keys: ["level"])
    static let policy = Section(
        path: "policy", keys: ["defaults", "rules", "approvals", "rate_limits"])
    static let defaults = Section(
        path: "policy.defaults", keys: ["read", "write", "money", "destructive"])
    static let rule = Section(
        path: "policy.rules[]",
        keys: ["id", "tool", "pack", "risk", "tenant", "actor", "when", "effect", "limit"])
    static let ruleLimit = Section(path: "policy.rules[].limit", keys: ["per", "calls"])
    static let approvals = Section(path: "policy.approvals", keys: ["ttl"])
    static let rateLimit = Section(
        path: "policy.rate_limits[]", keys: ["tenant", "tool", "per", "calls"])
    static let update = Section(
        path: "update",
        keys: ["interval", "cooldown", "auto", "canary", "rollback", "on_event"])
    static let canary = Section(
        path: "update.canary", keys: ["percent", "min_calls", "max_duration", "side_effects"])
    static let rollback = Section(
        path: "update.rollback", keys: ["alpha", "beta", "delta", "latency_ratio"])
    static let event = Section(path: "update.on_event", keys: ["webhook", "command"])
    static let audit = Section(
        path: "audit", keys: ["args", "durability", "retention", "sinks"])
    static let durability = Section(
        path: "audit.durability", keys: ["read", "write", "money", "destructive", "default"])
    static let sink = Section(path: "audit.sinks[]", keys: ["jsonl", "syslog"])
    static let server = Section(path: "server", keys: ["listen", "socket"])
    static let mcp = Section(path: "mcp", keys: ["names", "host_approves"])
    static let token = Section(
        path: "tokens[]", keys: ["name", "role", "hash", "tenants", "tools"])

    package static let sections = [
        root, pack, grants, files, workspace, secret, limits, workers, runners, node, python,
        sandbox, policy, defaults, rule, ruleLimit, approvals, rateLimit, update, canary, rollback,
        event, audit, durability, sink, server, mcp, token,
    ]
}
