package import RIGBytes
package import RIGJSON
internal import RIGModel

/// The policy of one tool, compiled once a snapshot and asked by every call and every list.
///
///     rules + defaults ──compile──► the rules that can match this tool ──decide──► Decision
///
/// What the tool's name, pack and risk decide is decided at compile time; a call compares tenant
/// and actor and runs `when` over its arguments. A tool that no rule speaks of costs nothing.
package struct DecisionProgram: Sendable {
    /// A class, so that looking at a step holds one reference and copies nothing.
    final class Step: Sendable {
        let tenant: Glob
        let actor: Glob
        let when: SchemaProgram?
        let decision: Decision

        init(tenant: Glob, actor: Glob, when: SchemaProgram?, decision: Decision) {
            self.tenant = tenant
            self.actor = actor
            self.when = when
            self.decision = decision
        }

        func isFor(_ caller: PolicyCaller) -> Bool {
            tenant.matches(caller.tenant) && actor.matches(caller.actor)
        }
    }

    /// A limit over all tools it matches, this one among them.
    struct LimitUse: Sendable {
        /// Into `PolicyProgram.limits`.
        let limit: Int
        let tenant: Glob
    }

    private let steps: [Step]
    private let fallback: Decision
    let limits: [LimitUse]

    init(steps: [Step], fallback: Decision, limits: [LimitUse]) {
        self.steps = steps
        self.fallback = fallback
        self.limits = limits
    }

    /// Every call of the tool is decided alike.
    package var isConstant: Bool { steps.isEmpty }

    /// The decision for a call whose arguments `scanner` has scanned in `buffer` and a schema has
    /// found well-formed. The first step that matches decides.
    package func decide(
        _ caller: PolicyCaller, _ scanner: borrowing Scanner, _ checker: inout Checker,
        _ buffer: ByteBuffer
    ) -> Decision {
        var next = step(for: caller, from: 0)
        while let index = next {
            guard let when = steps[index].when else { return steps[index].decision }
            if checker.checkAll(when, scanner, buffer) { return steps[index].decision }
            // Not knowing whether a rule matches must not open what the rule may close.
            if checker.fault != .none {
                return Decision(.deny, rule: steps[index].decision.rule, isTooCostly: true)
            }
            next = step(for: caller, from: index + 1)
        }
        return fallback
    }

    /// The same without arguments, for lists: every decision that can come of it.
    package func forecast(_ caller: PolicyCaller) -> Forecast {
        var decisions: [Decision] = []
        var next = step(for: caller, from: 0)
        while let index = next {
            decisions.append(steps[index].decision)
            guard steps[index].when != nil else { return Forecast(decisions: decisions) }
            next = step(for: caller, from: index + 1)
        }
        return Forecast(decisions: decisions + [fallback])
    }

    /// The next step that speaks of this caller.
    private func step(for caller: PolicyCaller, from first: Int) -> Int? {
        var index = first
        while index < steps.count {
            if steps[index].isFor(caller) { return index }
            index += 1
        }
        return nil
    }
}

/// Who calls, as far as rules ask.
package struct PolicyCaller: Sendable, Hashable {
    package let tenant: String
    package let actor: String

    package init(tenant: String, actor: String) {
        self.tenant = tenant
        self.actor = actor
    }
}
