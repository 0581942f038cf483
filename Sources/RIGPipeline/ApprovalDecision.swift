package import RIGApproval
package import RIGAudit
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGStore

/// A person's word on a call, and who gave it through which channel. The word and its audit row are
/// one transaction: there is no decision that is not on record.
package struct ApprovalDecision: Sendable {
    package let event: ApprovalEvent
    /// `uid:1000`; for the RGP front the token's name.
    package let by: String
    package let channel: AuditRow.Front
    package let note: String

    package init(_ event: ApprovalEvent, by: String, channel: AuditRow.Front, note: String) {
        self.event = event
        self.by = by
        self.channel = channel
        self.note = note
    }

    /// Decides on the record as it was shown.
    /// - Returns: nil, or why the record could not be decided any more.
    @RequestLoop
    package func make(
        on record: ApprovalRecord, _ records: Records
    ) async throws(ApprovalFault) -> ApprovalRefusal? {
        let now = WallClock.nowMilliseconds()
        let condition = records.approvals.condition(
            event, on: record, by: by, channel: channel.rawValue, note: note,
            nowMilliseconds: now)
        do throws(AuditError) {
            let code = try await records.audit.decision(row(record, now), if: condition)
            return ApprovalRefusal(rawValue: code)
        } catch {
            throw .durable(error)
        }
    }

    /// Under the ids of the call that asked, so that its story is found in one query.
    private func row(_ record: ApprovalRecord, _ now: Int64) -> AuditRow {
        let id = CallID(record.callID) ?? CallID(high: 0, low: 0)
        var row = AuditRow(
            kind: .approval, timeMilliseconds: now, callID: id,
            correlationID: CorrelationID(given: record.correlationID) ?? CorrelationID(id),
            tenant: record.tenant, actor: record.actor, front: channel,
            subject: AuditSubject(
                tool: record.tool, pack: record.pack, packVersion: record.packVersion,
                snapshot: record.snapshot, risk: Risk(rawValue: record.risk)))
        row.decision = event == .approve ? "approved" : "denied"
        row.note =
            "approval \(record.id) \(row.decision) by \(by)" + (note.isEmpty ? "" : ": \(note)")
        return row
    }
}
