/// What the policy does with a call.
package enum Effect: String, Sendable, Hashable, CaseIterable {
    case allow
    /// A person has to agree first.
    case approve
    case deny
}

/// The effect of a tool's risk where no rule says otherwise.
package struct RiskDefaults: Sendable, Hashable {
    package var read: Effect
    package var write: Effect
    package var destructive: Effect
    package var money: Effect

    /// The defaults of the contract: reads pass, changes and money need a person, destruction is
    /// refused.
    package init(
        read: Effect = .allow, write: Effect = .approve, destructive: Effect = .deny,
        money: Effect = .approve
    ) {
        self.read = read
        self.write = write
        self.destructive = destructive
        self.money = money
    }

    package subscript(risk: Risk) -> Effect {
        get {
            switch risk {
            case .read: read
            case .write: write
            case .destructive: destructive
            case .money: money
            }
        }
        set {
            switch risk {
            case .read: read = newValue
            case .write: write = newValue
            case .destructive: destructive = newValue
            case .money: money = newValue
            }
        }
    }
}
