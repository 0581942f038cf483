internal import RIGJSON
internal import RIGLinux
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

/// Asks the tool's decision program, then the limits.
///
/// The arguments are judged where the validate stage has scanned them: no stage waits in between,
/// so the scanner still holds their positions.
@RequestLoop
enum PermitStage {
    static func permit(
        _ call: inout Call, _ route: Route, _ args: ValidatedArguments,
        _ scanner: borrowing Scanner, _ checker: inout Checker
    ) throws(RTPError) -> Permit {
        defer { call.clock.mark(.policy) }
        let caller = call.request.caller
        let decision = route.decision.decide(
            PolicyCaller(tenant: caller.tenant.text, actor: caller.actor.text), scanner, &checker,
            call.request.buffer)
        call.trail.decision = decision
        try limit(call, route, decision)
        switch decision.effect {
        case .allow:
            return Permit(route: route, args: args)
        case .approve:
            return Permit(route: route, args: args, approvalRule: decision.rule)
        case .deny:
            throw .policyDenied(
                route.tool.qualifiedName, rule: decision.rule,
                why: decision.isTooCostly ? "its `when` is too costly on these arguments" : nil)
        }
    }

    /// Counts the call, or says that it has to wait.
    private static func limit(
        _ call: borrowing Call, _ route: Route, _ decision: Decision
    ) throws(RTPError) {
        let refusal = call.snapshot.limiter.admit(
            decision, route.decision, tenant: call.request.caller.tenant.text,
            nowNanoseconds: MonotonicClock.nowNanoseconds())
        guard let refusal else { return }
        throw .rateLimited(
            refusal.limit.text, by: refusal.limit.name,
            retryAfterMilliseconds: refusal.retryAfterMilliseconds)
    }
}
