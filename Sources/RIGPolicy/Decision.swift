package import RIGModel

/// What was decided and the rule that says so: the audit and the refusal both quote it.
package struct Decision: Sendable, Hashable {
    package let effect: Effect
    /// The id of the rule in rig.yaml, or `defaults.<risk>`.
    package let rule: String
    /// The rule's own limit, as an index into `PolicyProgram.limits`; -1 for none.
    let limit: Int32
    /// The rule's `when` could not be judged within its budget of work, so the answer is no.
    package let isTooCostly: Bool

    package init(_ effect: Effect, rule: String, limit: Int? = nil, isTooCostly: Bool = false) {
        self.effect = effect
        self.rule = rule
        self.limit = Int32(limit ?? -1)
        self.isTooCostly = isTooCostly
    }
}

/// What can be said of a call whose arguments are not known yet: a rule with `when` may match or
/// not, so there are several ways it can be decided.
package struct Forecast: Sendable, Hashable {
    /// Every decision that some arguments can lead to, in the order of the rules; never empty. The
    /// last one needs no `when`.
    ///
    /// Beyond these, a `when` that gives up on arguments too costly to judge denies.
    package let decisions: [Decision]

    /// The one effect that all ways lead to, or nil when it depends on the arguments.
    package var effect: Effect? {
        decisions.allSatisfy { $0.effect == decisions[0].effect } ? decisions[0].effect : nil
    }

    /// All effects that are possible, each once, the first rule's first.
    package var effects: [Effect] {
        decisions.reduce(into: []) { seen, decision in
            if !seen.contains(decision.effect) { seen.append(decision.effect) }
        }
    }

    /// The one word for it: an effect's, or `depends`.
    package var word: String { effect?.rawValue ?? Self.depends }

    package static let depends = "depends"
}
