package import RIGApproval
package import RIGAudit
package import RIGLoop
package import RIGStore

/// What is on record: the audit and the approvals, in one database through one queue, so that what
/// belongs together is one transaction.
@RequestLoop
package struct Records {
    package let audit: AuditLog
    package let approvals: ApprovalDesk

    /// Opens `state.db` at `path`.
    package static func open(
        _ path: String, audit options: AuditOptions = AuditOptions()
    ) async throws(StoreError) -> Records {
        let audit = try await AuditLog.open(
            path, options: options, beside: [ApprovalDesk.table])
        return Records(audit: audit, approvals: ApprovalDesk(audit.queue, path: path))
    }
}

extension Gateway {
    /// Where calls and decisions of this gateway are recorded.
    package var records: Records { Records(audit: audit, approvals: approvals) }
}
