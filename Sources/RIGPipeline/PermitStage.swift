internal import RIGLoop
internal import RIGModel
internal import RIGPolicy
internal import RIGRegistry

/// Proof that policy lets a call through, perhaps once a person agrees: the approve stage takes
/// nothing else, and only this file makes it.
struct Permit: ~Copyable {
    let route: Route
    let args: ValidatedArguments
    /// The rule that wants a person asked; nil when none has to be.
    let approvalRule: String?

    fileprivate init(route: Route, args: ValidatedArguments, approvalRule: String? = nil) {
        self.route = route
        self.args = args
        self.approvalRule = approvalRule
    }
}

/// Asks the tool's decision program.
@RequestLoop
enum PermitStage {
    static func permit(
        _ call: inout Call, _ route: Route, _ args: ValidatedArguments
    ) throws(RTPError) -> Permit {
        defer { call.clock.mark(.permit) }
        let decision = route.decision.decide()
        call.trail.decision = decision
        switch decision.effect {
        case .allow:
            return Permit(route: route, args: args)
        case .approve:
            return Permit(route: route, args: args, approvalRule: decision.rule)
        case .deny:
            throw .policyDenied(route.tool.qualifiedName, rule: decision.rule)
        }
    }
}
