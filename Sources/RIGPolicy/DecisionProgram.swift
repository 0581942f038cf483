package import RIGModel

/// The policy of one tool, compiled once a snapshot and asked by every call.
///
///     rules + defaults ──compile──► one program a tool ──decide──► Decision
package struct DecisionProgram: Sendable {
    private let fallback: Decision

    /// The program of a tool of that risk.
    package static func compile(_ defaults: RiskDefaults, risk: Risk) -> DecisionProgram {
        DecisionProgram(
            fallback: Decision(effect: defaults[risk], rule: "defaults." + risk.rawValue))
    }

    /// The decision for a call.
    package func decide() -> Decision {
        fallback
    }
}

/// What was decided and the rule that says so: the audit and the refusal both quote it.
package struct Decision: Sendable, Hashable {
    package let effect: Effect
    /// The id of the rule in rig.yaml, or `defaults.<risk>`.
    package let rule: String
}
