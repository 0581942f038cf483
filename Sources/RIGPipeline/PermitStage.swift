internal import RIGLoop
internal import RIGModel
internal import RIGPolicy
internal import RIGRegistry

/// Proof that policy lets a call through: dispatch takes nothing else, and only this file makes it.
struct Permit: ~Copyable {
    let route: Route
    let args: ValidatedArguments

    fileprivate init(route: Route, args: ValidatedArguments) {
        self.route = route
        self.args = args
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
            throw .nobodyToAsk(route.tool.qualifiedName, rule: decision.rule)
        case .deny:
            throw .policyDenied(route.tool.qualifiedName, rule: decision.rule)
        }
    }
}
