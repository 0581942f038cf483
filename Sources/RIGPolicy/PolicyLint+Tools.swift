internal import RIGJSON
internal import RIGModel

/// The tools that a policy is to serve.
package struct PolicySurface: Sendable {
    package let tools: [PolicyTool]
    /// Namespaces of packs whose tools are not known, because they are not loaded or failed; nil for
    /// a pack whose namespace is not known either.
    package let unseenNamespaces: [String?]

    package init(tools: [PolicyTool], unseenNamespaces: [String?] = []) {
        self.tools = tools
        self.unseenNamespaces = unseenNamespaces
    }

    /// Whether a tool that is not known may have a name that the pattern matches.
    fileprivate func mayHold(_ pattern: Glob) -> Bool {
        unseenNamespaces.contains { namespace in
            namespace.map { pattern.overlaps(Glob($0 + ".*")) } ?? true
        }
    }
}

/// Finds rules that no tool there is can meet. What could become true by an update alone, such as
/// a guard against every destructive tool of a pack that has none, is left in peace.
extension PolicyProgram {
    /// nil when nothing is wrong.
    package func lint(_ surface: PolicySurface) -> PolicyFaults? {
        var faults: [PolicyFault] = []
        for (index, rule) in rules.enumerated() {
            for reason in reasons(rule, index, surface) {
                faults.append(PolicyFault(rule.source, at: index, reason))
            }
        }
        for (index, limit) in source.rateLimits.enumerated() {
            let tool = Glob(limit.tool)
            if !isKnown(tool, surface) {
                faults.append(
                    PolicyFault(limit, at: index, .unknown(field: "tool", pattern: limit.tool)))
            }
        }
        return faults.isEmpty ? nil : PolicyFaults(faults)
    }

    private func isKnown(_ tool: Glob, _ surface: PolicySurface) -> Bool {
        tool.isAny || surface.mayHold(tool) || surface.tools.contains { tool.matches($0.name) }
    }

    private func reasons(
        _ rule: Rule, _ index: Int, _ surface: PolicySurface
    ) -> [PolicyFault.Reason] {
        guard isKnown(rule.tool, surface) else {
            return [.unknown(field: "tool", pattern: rule.source.tool)]
        }
        // A pack that is not loaded may have any name.
        let isUnseen = surface.mayHold(rule.tool)
        guard
            rule.pack.isAny || isUnseen
                || surface.tools.contains(where: { rule.pack.matches($0.pack) })
        else { return [.unknown(field: "pack", pattern: rule.source.pack)] }
        if isUnseen { return [] }
        let named = surface.tools.filter { rule.tool.matches($0.name) }
        let own = named.filter { rule.pack.matches($0.pack) }
        if let tool = named.first, own.isEmpty {
            return [.otherTool(field: "pack", wanted: rule.source.pack, actual: tool.pack)]
        }
        return [literal(rule, index, own), argument(rule, own) ?? optional(rule, own)].compactMap {
            $0
        }
    }

    /// A rule for one tool by its whole name is held against that tool.
    private func literal(
        _ rule: Rule, _ index: Int, _ tools: [PolicyTool]
    ) -> PolicyFault.Reason? {
        guard rule.tool.isLiteral, let tool = tools.first else { return nil }
        if let risk = rule.source.risk, risk != tool.risk {
            return .otherTool(field: "risk", wanted: risk.rawValue, actual: tool.risk.rawValue)
        }
        let shadow = rules[..<index].first { earlier in
            earlier.isAbout(tool)
                && (earlier.when == nil || earlier.source.when == rule.source.when)
                && earlier.tenant.covers(rule.tenant) && earlier.actor.covers(rule.actor)
        }
        return shadow.map { .shadowed(by: [$0.source.id]) }
    }

    /// An argument in `when` that no tool of the rule takes: a misspelt name, so that the rule asks
    /// nothing where its author thinks it asks much.
    private func argument(_ rule: Rule, _ tools: [PolicyTool]) -> PolicyFault.Reason? {
        guard rule.when != nil, !tools.isEmpty, let when = rule.source.when else { return nil }
        var names = when["properties"]?.object?.names ?? []
        names += (when["required"]?.array ?? []).compactMap(\.string)
        let unknown = names.first { name in
            tools.allSatisfy { Self.refuses($0.inputSchema, name) }
        }
        return unknown.map { .unknownArgument($0) }
    }

    /// An argument that a rule which opens something bounds and does not require, of a tool that
    /// can be called without it: `properties` says nothing of what is absent, so such a call would
    /// pass unbounded.
    private func optional(_ rule: Rule, _ tools: [PolicyTool]) -> PolicyFault.Reason? {
        guard rule.source.effect != .deny, rule.when != nil, let when = rule.source.when else {
            return nil
        }
        let required = (when["required"]?.array ?? []).compactMap(\.string)
        for member in when["properties"]?.object?.members ?? []
        where !required.contains(member.name) && member.value.bool != true {
            let open = tools.first { tool in
                let needed = (tool.inputSchema["required"]?.array ?? []).compactMap(\.string)
                return !needed.contains(member.name)
            }
            if let open { return .optionalArgument(member.name, tool: open.name) }
        }
        return nil
    }

    /// Whether a schema lets no argument of that name through, as far as its top shows.
    private static func refuses(_ schema: JSONValue, _ name: String) -> Bool {
        guard schema["additionalProperties"]?.bool == false, schema["patternProperties"] == nil
        else { return false }
        return schema["properties"]?[name] == nil
    }
}
