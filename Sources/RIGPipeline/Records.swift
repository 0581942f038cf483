package import RIGApproval
package import RIGAudit
package import RIGIdempotency
package import RIGLoop
package import RIGStore

/// What is on record: the audit, the approvals and the idempotency keys, in one database through one
/// queue, so that what belongs together is one transaction.
@RequestLoop
package struct Records {
    package let audit: AuditLog
    package let approvals: ApprovalDesk
    package let keys: KeyLedger

    /// Opens `state.db` at `path`.
    package static func open(
        _ path: String, audit options: AuditOptions = AuditOptions()
    ) async throws(StoreError) -> Records {
        let audit = try await AuditLog.open(
            path, options: options,
            beside: [
                ApprovalDesk.table(keptMilliseconds: options.retentionMilliseconds),
                KeyLedger.table,
            ])
        return Records(
            audit: audit, approvals: ApprovalDesk(audit.queue, path: path),
            keys: KeyLedger(path: path))
    }
}
