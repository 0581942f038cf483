internal import RIGApproval
internal import RIGAudit
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
    static func admit(_ audit: AuditLog) throws(RTPError) -> AuditSlot {
        do throws(AuditError) {
            return try audit.admit()
        } catch {
            throw Refusal.unrecordable(error)
        }
    }

    /// The answer of a call that was never begun, since nothing could be recorded of it.
    static func turnAway(_ call: Call, _ error: RTPError) -> Answer {
        Answer(recorded: .failure(error), meta(call))
    }

    /// Side effects, and whatever a person approved: returns once the intent is on disk, in one
    /// transaction with the use of the approval. Only where the operator has declared a risk
    /// batched, and no person was asked, the call goes on without waiting.
    static func intent(
        _ call: inout Call, _ approved: borrowing ApprovedCall, _ room: inout AuditSlot,
        _ audit: AuditLog
    ) async throws(RTPError) {
        let claim = approved.claim
        guard claim != nil || approved.route.tool.definition.risk.hasSideEffects else { return }
        defer { call.clock.mark(.intent) }
        let row = row(call, .intent, showsArgs: true)
        let risk = approved.route.tool.definition.risk
        var code: UInt32 = 0
        do throws(AuditError) {
            if let claim {
                let use = claim.condition(
                    callID: call.id, nowMilliseconds: row.timeMilliseconds)
                code = try await audit.intent(row, if: use, &room)
            } else if audit.options.durability(of: risk) == .batched {
                try audit.noteIntent(row, &room)
            } else {
                try await audit.intent(row, &room)
            }
        } catch {
            throw Refusal.unrecordable(error)
        }
        // Somebody else was faster: used it, or took it back.
        if let refusal = ApprovalRefusal(rawValue: code) { throw Refusal.approval(refusal) }
        call.trail.isApproved = claim != nil
    }

    /// Ends the call. Reads and refusals are on disk within moments, side effects before this
    /// returns, unless the operator has declared it otherwise.
    static func outcome(
        _ call: consuming Call, _ result: Answer.Result, _ room: consuming AuditSlot,
        _ audit: AuditLog, _ times: StageTimes
    ) async -> Answer {
        var row = row(call, .outcome, showsArgs: !room.hasIntent)
        var result = result
        switch result {
        case .output: row.status = .ok
        case .failure(let error): row.status = .error(error.type)
        }
        let hadIntent = room.hasIntent
        do throws(AuditError) {
            try await audit.outcome(row, room, durability: durability(call, audit))
        } catch {
            // The row stays queued; the caller must know that what it did may not be on record.
            if hadIntent { result = .failure(Refusal.unrecorded(error, call.trail.route)) }
        }
        call.clock.mark(.outcome)
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
        row.attempts = call.trail.attempts
        row.durationMicroseconds = Int64(call.clock.elapsedNanoseconds / 1000)
        return row
    }

    private static func meta(_ call: Call) -> ResultMeta {
        let pack = call.trail.route?.tool.pack
        return ResultMeta(
            tool: call.trail.route?.tool.name ?? call.request.tool, pack: pack?.name ?? "",
            packVersion: pack?.version ?? "", snapshot: call.snapshot.hash,
            correlation: call.request.correlationID, attempts: call.trail.attempts,
            durationMicroseconds: Int(call.clock.elapsedNanoseconds / 1000),
            approvalID: call.trail.isApproved ? call.trail.approvalID : nil)
    }
}
