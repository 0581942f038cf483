package import RIGJSON
package import RIGModel

/// `policy`, as written; compiling it is the policy engine's work.
package struct PolicyConfig: Hashable, Sendable {
    package enum Effect: String, Hashable, Sendable, CaseIterable { case allow, approve, deny }

    /// The effect of each risk where no rule matches.
    package struct Defaults: Hashable, Sendable {
        package var read = Effect.allow
        package var write = Effect.approve
        package var money = Effect.approve
        package var destructive = Effect.deny

        package subscript(risk: Risk) -> Effect {
            switch risk {
            case .read: read
            case .write: write
            case .money: money
            case .destructive: destructive
            }
        }
    }

    /// The first rule that matches decides. Patterns are `*` where nothing is written.
    package struct Rule: Hashable, Sendable {
        package var id: String
        package var tool: String
        package var pack: String
        /// nil for every risk.
        package var risk: Risk?
        package var tenant: String
        package var actor: String
        /// A JSON Schema over the arguments, not yet compiled.
        package var when: JSONValue?
        package var effect: Effect
        package var limit: Window?
        package var place: ConfigPlace
    }

    /// So many calls in so much time.
    package struct Window: Hashable, Sendable {
        package var perMilliseconds: Int
        package var calls: Int
    }

    package struct RateLimit: Hashable, Sendable {
        package var tenant: String
        package var tool: String
        package var window: Window
    }

    package var defaults = Defaults()
    package var rules: [Rule] = []
    package var approvalTTLMilliseconds = Limits.approvalTTLMillisecondsDefault
    package var rateLimits: [RateLimit] = []

    package init() {}
}
