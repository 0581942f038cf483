internal import RIGApproval
internal import RIGAudit
internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline

/// A call that a person has to approve, by what its client can do. The gateway alone knows whether
/// an approval counts: whatever was said, the call is put to it again, and finds what was decided.
///
///     asks in the answer (2026-07-28)    input_required, and the client calls again
///     asks in between (by handshake)     elicitation/create, while the call waits
///     does neither                       approval_required, and the model calls again
extension MCPSession {
    /// Hosts give a call a minute; what waits ends well before.
    private static let askSeconds: UInt64 = 40
    /// How long one round of an open page is waited for, and how many there are.
    private static let roundSeconds: UInt64 = 20
    private static let roundsMax = 8
    private static let pollNanoseconds: UInt64 = 300_000_000
    private static let stateMilliseconds: Int64 = 15 * 60 * 1_000

    func settle(_ attempt: CallAttempt, _ form: ToolListing.OutputForm) async -> CallEnd {
        let caller = attempt.flight.principal.caller
        var rounds = 0
        if attempt.flight.revision.isModern, let text = attempt.params.requestState {
            let now = WallClock.nowMilliseconds()
            guard
                let state = bridge.seal.opened(
                    text, for: attempt.digest(caller), nowMilliseconds: now)
            else { return .fault(.invalidParams("requestState is not of this call, or too old")) }
            rounds = state.rounds
            await take(attempt, state)
        }
        let answer = await attempt.perform(
            caller, bridge, token: attempt.params.meta?.approvalToken)
        guard case .failure(let error) = answer.result, let approval = error.approval,
            let question = ApprovalQuestion(approval, attempt.flight.client, bridge.options),
            !attempt.flight.isOver
        else { return .answer(answer, form) }
        if attempt.flight.revision.isModern {
            guard rounds < Self.roundsMax else { return .answer(answer, form) }
            let state = RequestSeal.State(
                approvalID: approval.approvalID, call: attempt.digest(caller),
                rounds: rounds + 1,
                expiresMilliseconds: WallClock.nowMilliseconds() + Self.stateMilliseconds)
            return .inputRequired(question, state: bridge.seal.sealed(state))
        }
        guard await ask(question, attempt) else { return .answer(answer, form) }
        return .answer(await attempt.perform(caller, bridge, token: nil), form)
    }

    // In the answer

    /// What the client brought back with the call it repeats.
    private func take(_ attempt: CallAttempt, _ state: RequestSeal.State) async {
        let responses = Self.parse(attempt.buffer, attempt.params.inputResponses)
        let answer = responses[ApprovalQuestion.key]
        let options = bridge.options
        if attempt.flight.client.elicitsByURL, options.approvalPage != nil {
            await wait(for: state.approvalID, attempt, seconds: Self.roundSeconds)
        } else if attempt.flight.client.elicitsByForm,
            let isApproved = ApprovalQuestion.decision(answer)
        {
            await decide(isApproved, state.approvalID, attempt, ApprovalQuestion.note(answer))
        }
    }

    // In between

    /// - Returns: Whether something was decided, so that the call should be tried again.
    private func ask(_ question: ApprovalQuestion, _ attempt: CallAttempt) async -> Bool {
        let flight = attempt.flight
        let answer = await ask(
            "elicitation/create", timeoutNanoseconds: Self.askSeconds * 1_000_000_000, flight
        ) { writer in
            question.writeParams(flight.revision, to: &writer)
        }
        guard !flight.isOver, let answer else { return false }
        let id = question.approval.approvalID
        switch question.mode {
        case .form:
            guard let isApproved = ApprovalQuestion.decision(answer) else { return false }
            await decide(isApproved, id, attempt, ApprovalQuestion.note(answer))
            return true
        case .page:
            guard answer["action"]?.string == "accept" else { return false }
            await wait(for: id, attempt, seconds: Self.askSeconds)
            guard !flight.isOver else { return false }
            bridge.tell("notifications/elicitation/complete", to: flight.outlet) { writer in
                writer.key("elicitationId" as StaticString)
                writer.string(id)
            }
            return true
        }
    }

    /// Waits until the record is no longer pending, from the call's beginning on at most `seconds`.
    private func wait(for id: String, _ attempt: CallAttempt, seconds: UInt64) async {
        let flight = attempt.flight
        let deadline = flight.startedNanoseconds + seconds * 1_000_000_000
        while !flight.isOver, MonotonicClock.nowNanoseconds() < deadline {
            guard let record = await record(id, attempt),
                record.state(at: WallClock.nowMilliseconds()) == .pending
            else { return }
            flight.reportWaiting("waiting for approval \(id)", bridge)
            await EventLoop.shared.sleep(nanoseconds: Self.pollNanoseconds)
        }
    }

    private func record(_ id: String, _ attempt: CallAttempt) async -> ApprovalRecord? {
        do throws(ApprovalFault) {
            return try await attempt.gateway.approvals.find(id)
        } catch {
            // The call finds out by itself, and says so.
            return nil
        }
    }

    /// Puts on record what the host's user said, where the operator lets hosts ask. What can no
    /// longer be decided is left as it is: the call finds it so.
    private func decide(
        _ isApproved: Bool, _ id: String, _ attempt: CallAttempt, _ note: String
    ) async {
        guard !attempt.flight.isOver, let record = await record(id, attempt),
            let risk = Risk(rawValue: record.risk), bridge.options.formRisks().contains(risk)
        else { return }
        let decision = ApprovalDecision(
            isApproved ? .approve : .deny,
            by: "mcp:" + attempt.flight.principal.caller.actor.text, channel: .mcp, note: note)
        do throws(ApprovalFault) {
            _ = try await decision.make(on: record, attempt.gateway.records)
        } catch {
            // Not on record, so not decided: the call is answered as one that waits.
            return
        }
    }
}
