internal import RIGApproval
internal import RIGAudit
internal import RIGIdempotency
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPolicy
internal import RIGRegistry
internal import RIGStore

/// Keeps the record: room for a call's rows before anything is done, the intent of a side effect
/// before it is sent, and the outcome of every call before it is answered.
@RequestLoop
enum RecordStage {
    /// Room for all rows of one call; without it the call is not begun.
    static func admit(_ call: borrowing Call, _ audit: AuditLog) throws(RTPError) -> AuditSlot {
        do throws(AuditError) {
            return try audit.admit(others: call.request.idempotencyKey == nil ? 0 : 1)
        } catch {
            throw Refusal.unrecordable(error)
        }
    }

    /// The answer of a call that was never begun, since nothing could be recorded of it.
    static func turnAway(_ call: Call, _ error: RTPError) -> Answer {
        Answer(recorded: .failure(error), meta(call))
    }

    /// Side effects, and whatever a person approved or an idempotency key names: returns once the
    /// intent is on disk, in one transaction with the use of the approval and the claim of the key.
    /// Only where the operator has declared a risk batched, and there is neither, the call goes on
    /// without waiting.
    static func intent(
        _ call: inout Call, _ approved: borrowing ApprovedCall, _ room: inout AuditSlot,
        _ audit: AuditLog, _ keys: KeysInFlight
    ) async throws(RTPError) {
        let definition = approved.route.tool.definition
        let risk = definition.risk
        let (claim, key) = (approved.claim, call.trail.key)
        guard claim != nil || key != nil || risk.hasSideEffects else { return }
        defer { call.clock.mark(.audit) }
        let row = row(call, .intent, showsArgs: true)
        let now = row.timeMilliseconds
        var conditions = claim.map { [$0.condition(callID: call.id, nowMilliseconds: now)] } ?? []
        if let key {
            conditions = keys.ledger.claim(
                key.scope, callID: call.id, repeats: definition.isIdempotent,
                nowMilliseconds: now, after: conditions)
        }
        var code: UInt32 = 0
        do throws(AuditError) {
            if !conditions.isEmpty {
                code = try await audit.intent(row, if: conditions, &room)
            } else if audit.options.durability(of: risk) == .batched {
                try audit.noteIntent(row, &room)
            } else {
                try await audit.intent(row, &room)
            }
        } catch {
            throw Refusal.unrecordable(error)
        }
        // Somebody else was faster: used it, or took it back.
        if let refusal = KeyRefusal(rawValue: code) { throw Refusal.key(refusal) }
        if let refusal = ApprovalRefusal(rawValue: code) { throw Refusal.approval(refusal) }
        call.trail.isApproved = claim != nil
        key?.isClaimed = true
    }

    /// Ends the call. Reads and refusals are on disk within moments, side effects before this
    /// returns, unless the operator has declared it otherwise.
    static func outcome(
        _ call: consuming Call, _ result: Answer.Result, _ room: consuming AuditSlot,
        _ audit: AuditLog, _ keys: KeysInFlight, _ times: StageTimes
    ) async -> Answer {
        var row = row(call, .outcome, showsArgs: !room.hasIntent)
        var result = result
        switch result {
        case .output: row.status = .ok
        case .failure(let error): row.status = .error(error.type)
        }
        let hadIntent = room.hasIntent
        do throws(AuditError) {
            try await audit.outcome(
                row, room, durability: durability(call, audit),
                beside: ReplayStage.end(call, result, keys.ledger))
        } catch {
            // The row stays queued; the caller must know that what it did may not be on record.
            if hadIntent { result = .failure(Refusal.unrecorded(error, call.trail.route)) }
            call.trail.key?.result = nil
        }
        if let key = call.trail.key { keys.settle(key) }
        call.clock.mark(.audit)
        times.record(call.clock)
        call.trail.route?.durations.record(call.clock.elapsedNanoseconds)
        return Answer(recorded: result, meta(call))
    }

    /// How a call without an intent ends: as its risk says for a read; a side effect that did not
    /// come to its intent had none.
    private static func durability(
        _ call: borrowing Call, _ audit: AuditLog
    ) -> AuditLog.Durability {
        guard let risk = call.trail.route?.tool.definition.risk, !risk.hasSideEffects else {
            return .batched
        }
        return audit.options.durability(of: risk)
    }

    /// - Parameter showsArgs: The arguments, where they are kept, stand in a call's first row.
    private static func row(
        _ call: Call, _ kind: AuditRow.Kind, showsArgs: Bool
    ) -> AuditRow {
        let request = call.request
        var row = AuditRow(
            kind: kind, timeMilliseconds: WallClock.nowMilliseconds(), callID: call.id,
            correlationID: request.correlationID, tenant: request.caller.tenant.text,
            actor: request.caller.actor.text, front: request.caller.front,
            subject: call.trail.route?.subject
                ?? AuditSubject(tool: request.tool, snapshot: call.snapshot.hash))
        row.argsDigest = call.trail.argsDigest
        if showsArgs { row.args = call.trail.redactedArgs }
        row.decision = call.trail.decision?.rule ?? ""
        if let id = call.trail.approvalID { row.note = "approval " + id }
        if let replayed = call.trail.replayed { row.note = "replay of " + replayed.callID }
        row.attempts = call.trail.attempts
        row.durationMicroseconds = Int64(call.clock.elapsedNanoseconds / 1000)
        return row
    }

    private static func meta(_ call: Call) -> ResultMeta {
        if let replayed = call.trail.replayed { return meta(call, replayed) }
        let pack = call.trail.route?.tool.pack
        return ResultMeta(
            tool: call.trail.route?.tool.name ?? call.request.tool, pack: pack?.name ?? "",
            packVersion: pack?.version ?? "", snapshot: call.snapshot.hash,
            correlation: call.request.correlationID, attempts: call.trail.attempts,
            durationMicroseconds: Int(call.clock.elapsedNanoseconds / 1000),
            approvalID: call.trail.isApproved ? call.trail.approvalID : nil)
    }

    /// Of the call that ran, but for who asks now and how long that took.
    private static func meta(_ call: Call, _ replayed: KeyedMeta) -> ResultMeta {
        ResultMeta(
            tool: call.trail.route?.tool.name ?? call.request.tool, pack: replayed.pack,
            packVersion: replayed.packVersion, snapshot: replayed.snapshot,
            correlation: call.request.correlationID, attempts: replayed.attempts,
            durationMicroseconds: Int(call.clock.elapsedNanoseconds / 1000),
            approvalID: replayed.approvalID, isIdempotentReplay: true)
    }
}
