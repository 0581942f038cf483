internal import RIGAudit
internal import RIGLoop
internal import RIGModel

/// The life of a call, top to bottom (docs/life-of-a-request.md).
///
/// In: what a front read. Out: the answer, once its outcome is on record. Whatever a stage throws
/// becomes the outcome, so there is one way out and every admitted call takes it.
@RequestLoop
extension Gateway {
    package func perform(_ request: CallRequest) async -> Answer {
        var call = begin(request)
        var room: AuditSlot
        do throws(RTPError) { room = try RecordStage.admit(call, audit) } catch {
            return RecordStage.turnAway(call, error)
        }
        let result: Answer.Result
        do throws(RTPError) {
            let route = try RouteStage.route(&call)
            let args = try ValidateStage.check(
                &call, route, audit.arguments, &scanner, &checker)
            let permit = try PermitStage.permit(&call, route, args, scanner, &checker)
            if let key = request.idempotencyKey,
                let earlier = try await ReplayStage.earlier(&call, key, route, keys)
            {
                result = earlier
            } else {
                try SecretStage.require(route)
                try ShedStage.admit(call, route)
                let approved = try await ApproveStage.approve(&call, permit, approvals)
                try await RecordStage.intent(&call, approved, &room, audit, keys)
                let reply = try await DispatchStage.dispatch(&call, approved)
                let clean = try await RedactStage.redact(&call, route, reply)
                let output = try OutputStage.check(&call, route, clean, &scanner, &checker)
                result = .output(output.buffer, output.range)
            }
        } catch {
            result = .failure(error)
        }
        return await RecordStage.outcome(call, result, room, audit, keys, times)
    }
}
