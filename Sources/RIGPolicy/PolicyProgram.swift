package import RIGBytes
package import RIGJSON
package import RIGModel

/// The policy of rig.yaml, compiled and linted once a snapshot.
///
///     let program = try PolicyProgram.compile(config.policy)
///     let decision = program.decision(for: tool)          // once a tool and snapshot
///     decision.decide(caller, scanner, &checker, buffer)  // every call
package final class PolicyProgram: Sendable {
    /// A rule with its patterns and its `when` ready to be asked.
    struct Rule: Sendable {
        let source: PolicyRule
        let tool: Glob
        let pack: Glob
        let tenant: Glob
        let actor: Glob
        /// nil where the rule has none, or one that asks nothing.
        let when: SchemaProgram?
        /// Into `limits`.
        let limit: Int?

        func isAbout(_ tool: PolicyTool) -> Bool {
            self.tool.matches(tool.name) && pack.matches(tool.pack)
                && (source.risk == nil || source.risk == tool.risk)
        }
    }

    package let source: Policy
    /// SHA-256 over the canonical form (RFC 8785) of all that can change a decision: defaults,
    /// rules in their order, rate limits. Comments, places and the approvals' time to live are not
    /// in it. An approval is bound to it.
    package let digest: Digest
    let rules: [Rule]
    /// Those of the rules first, then `rate_limits`.
    package let limits: [PolicyLimit]
    private let rateLimits: [(tool: Glob, tenant: Glob, limit: Int)]

    private init(_ source: Policy, _ rules: [Rule], _ limits: [PolicyLimit]) {
        self.source = source
        digest = Self.digest(of: source)
        self.rules = rules
        let own = limits.count
        rateLimits = source.rateLimits.enumerated().map { index, limit in
            (Glob(limit.tool), Glob(limit.tenant), own + index)
        }
        self.limits =
            limits
            + source.rateLimits.enumerated().map { index, limit in
                PolicyLimit(
                    name: "rate_limits[\(index)]",
                    scope: "tenant \(limit.tenant) tool \(limit.tool)",
                    window: limit.window)
            }
    }

    /// Compiles the rules and holds them against each other; `lint` holds them against the tools.
    /// - Throws: All rules that cannot be compiled or can never match.
    package static func compile(_ policy: Policy) throws(PolicyFaults) -> PolicyProgram {
        var faults: [PolicyFault] = []
        var limits: [PolicyLimit] = []
        var rules: [Rule] = []
        for (index, source) in policy.rules.enumerated() {
            var when: SchemaProgram?
            do throws(SchemaError) {
                when = try source.when.map { (schema) throws(SchemaError) in
                    try SchemaProgram.compile(schema)
                }
            } catch {
                faults.append(PolicyFault(source, at: index, .brokenCondition(error)))
            }
            if let window = source.limit {
                limits.append(
                    PolicyLimit(name: source.id, scope: "rule \(source.id)", window: window))
            }
            rules.append(
                Rule(
                    source: source, tool: Glob(source.tool), pack: Glob(source.pack),
                    tenant: Glob(source.tenant), actor: Glob(source.actor),
                    when: when.flatMap { $0.isAny ? nil : $0 },
                    limit: source.limit == nil ? nil : limits.count - 1))
        }
        faults += PolicyLint.faults(of: rules)
        guard faults.isEmpty else { throw PolicyFaults(faults) }
        return PolicyProgram(policy, rules, limits)
    }

    /// The program of one tool: what its name, pack and risk rule out is left out, and so is all
    /// that stands behind a rule that takes every call.
    package func decision(for tool: PolicyTool) -> DecisionProgram {
        var steps: [DecisionProgram.Step] = []
        var fallback = Decision(
            source.defaults[tool.risk], rule: "defaults." + tool.risk.rawValue)
        for rule in rules where rule.isAbout(tool) {
            let decision = Decision(rule.source.effect, rule: rule.source.id, limit: rule.limit)
            if rule.tenant.isAny, rule.actor.isAny, rule.when == nil {
                fallback = decision
                break
            }
            steps.append(
                DecisionProgram.Step(
                    tenant: rule.tenant, actor: rule.actor, when: rule.when, decision: decision))
        }
        let limits = rateLimits.filter { $0.tool.matches(tool.name) }.map {
            DecisionProgram.LimitUse(limit: $0.limit, tenant: $0.tenant)
        }
        return DecisionProgram(steps: steps, fallback: fallback, limits: limits)
    }
}

/// A tool as rules see it.
package struct PolicyTool: Sendable {
    /// `<namespace>.<tool>`
    package let name: String
    package let pack: String
    package let risk: Risk
    package let inputSchema: JSONValue

    package init(name: String, pack: String, risk: Risk, inputSchema: JSONValue = true) {
        self.name = name
        self.pack = pack
        self.risk = risk
        self.inputSchema = inputSchema
    }
}

/// A limit of the policy: each tenant has its own window of it.
package struct PolicyLimit: Sendable, Hashable {
    /// The rule's id, or `rate_limits[0]`.
    package let name: String
    /// What it counts: a limit with the same scope and window goes on where it was.
    let scope: String
    package let window: RateWindow

    /// `600 calls in 1m`
    package var text: String {
        "\(window.calls) call\(window.calls == 1 ? "" : "s") in "
            + Self.duration(window.perMilliseconds)
    }

    private static func duration(_ milliseconds: Int) -> String {
        for (unit, factor) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)]
        where milliseconds.isMultiple(of: factor) {
            return "\(milliseconds / factor)\(unit)"
        }
        return "\(milliseconds)ms"
    }
}
