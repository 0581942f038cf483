internal import RIGApproval
internal import RIGAudit
internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry

/// Proof that nothing stands between a call and its worker: intent and dispatch take nothing else,
/// and only this file makes it.
struct ApprovedCall: ~Copyable {
    let route: Route
    let args: ValidatedArguments
    /// The approval that the intent has to use up; nil when policy asked for none.
    let claim: ApprovalClaim?

    fileprivate init(_ permit: consuming Permit, claim: ApprovalClaim?) {
        route = permit.route
        args = permit.args
        self.claim = claim
    }
}

/// Finds a person's approval of this very call, or asks for one. A call that needs none passes
/// without a look: reads stay fast. What is found here is used up by the intent, in one transaction,
/// so two calls that find the same approval do not both run.
@RequestLoop
enum ApproveStage {
    static func approve(
        _ call: inout Call, _ permit: consuming Permit, _ desk: ApprovalDesk
    ) async throws(RTPError) -> ApprovedCall {
        guard let rule = permit.approvalRule else { return ApprovedCall(permit, claim: nil) }
        defer { call.clock.mark(.approval) }
        let draft = try draft(call, permit.route, rule)
        let standing: ApprovalStanding
        do throws(ApprovalFault) {
            standing = try await desk.standing(of: draft, token: call.request.approvalToken)
        } catch {
            throw Refusal.unasked(error)
        }
        switch standing {
        case .approved(let claim):
            call.trail.approvalID = claim.id
            return ApprovedCall(permit, claim: claim)
        case .waiting(let record):
            call.trail.approvalID = record.id
            throw Refusal.waiting(record, permit.route)
        case .refused(let reason):
            throw .approvalInvalid(reason)
        }
    }

    /// The record that a person would be shown.
    private static func draft(
        _ call: Call, _ route: Route, _ rule: String
    ) throws(RTPError) -> ApprovalRecord {
        let request = call.request
        let arguments: ApprovalArguments
        do throws(JSONError) {
            arguments = ApprovalArguments(
                try JSONValue.parse(request.buffer, request.args, limits: route.inputLimits))
        } catch {
            throw Refusal.malformed(error, "the arguments")
        }
        let pack = route.tool.pack
        let binding = ApprovalBinding(
            tenant: request.caller.tenant.text, actor: request.caller.actor.text,
            tool: route.tool.name,
            pack: pack.name, packVersion: pack.version, packDigest: pack.digest,
            shape: CanonicalDigest.of(route.tool.definition.encoded),
            arguments: arguments.digest, policy: call.snapshot.approvals.policy)
        let now = WallClock.nowMilliseconds()
        return ApprovalRecord(
            id: ApprovalID.make(), binding, arguments,
            ApprovalRecord.Origin(
                front: request.caller.front.rawValue,
                risk: route.tool.definition.risk.rawValue, snapshot: call.snapshot.hash,
                rule: rule, callID: call.id.text, correlationID: request.correlationID.text),
            createdMilliseconds: now,
            expiresMilliseconds: now + Int64(call.snapshot.approvals.lifetimeMilliseconds))
    }
}
