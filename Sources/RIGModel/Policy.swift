package import RIGJSON

/// The policy as rig.yaml writes it: read by the configuration, compiled by the policy engine.
///
/// The first rule that matches decides; where none does, the risk of the tool.
package struct Policy: Sendable, Hashable {
    package var defaults = RiskDefaults()
    /// In the order they are tried; every id stands once.
    package var rules: [PolicyRule] = []
    package var rateLimits: [RateLimit] = []
    package var approvalTTLMilliseconds = Limits.approvalTTLMillisecondsDefault

    package init() {}
}

/// One rule. A pattern is text in which `*` stands for any run of characters, none included; a
/// field that rig.yaml leaves out matches everything.
package struct PolicyRule: Sendable, Hashable {
    package var id: String
    /// Over qualified names, `<namespace>.<tool>`.
    package var tool = "*"
    /// Over names of packs as their registry or their metadata has them: `rig-pack-echo`.
    package var pack = "*"
    /// nil for every risk.
    package var risk: Risk?
    package var tenant = "*"
    package var actor = "*"
    /// A JSON Schema over the arguments.
    package var when: JSONValue?
    package var effect: Effect
    /// How often the rule may say allow or approve to one tenant.
    package var limit: RateWindow?
    package var place: ConfigPlace
    /// Where the value of `when` stands.
    package var whenPlace: ConfigPlace?

    package init(id: String, effect: Effect, place: ConfigPlace = ConfigPlace(line: 1, column: 1)) {
        self.id = id
        self.effect = effect
        self.place = place
    }
}

/// So many calls in any stretch of so much time.
package struct RateWindow: Sendable, Hashable {
    package var perMilliseconds: Int
    package var calls: Int

    package init(perMilliseconds: Int, calls: Int) {
        self.perMilliseconds = perMilliseconds
        self.calls = calls
    }
}

/// What every tenant that matches may call of the tools that match, all of them together.
package struct RateLimit: Sendable, Hashable {
    package var tenant: String
    package var tool: String
    package var window: RateWindow
    package var place: ConfigPlace

    package init(
        tenant: String = "*", tool: String = "*", window: RateWindow,
        place: ConfigPlace = ConfigPlace(line: 1, column: 1)
    ) {
        self.tenant = tenant
        self.tool = tool
        self.window = window
        self.place = place
    }
}
