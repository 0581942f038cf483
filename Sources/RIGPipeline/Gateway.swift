package import RIGApproval
package import RIGAudit
internal import RIGJSON
internal import RIGLinux
package import RIGLoop
package import RIGModel
internal import RIGPolicy

/// What calls share: the current snapshot, the scratch of the readers, the record, the times.
///
/// Used on the request loop only; a call's own path is in CallPath.swift.
@RequestLoop
package final class Gateway {
    /// What the next call will run on.
    package private(set) var snapshot: LiveSnapshot
    package let audit: AuditLog
    package let approvals: ApprovalDesk
    package let times = StageTimes()
    private var ids = CallIDSource()
    /// Lent to one stage at a time: no stage that uses them waits.
    var scanner = Scanner(capacityBytes: 64 << 10)
    var checker = Checker()

    package init(_ snapshot: LiveSnapshot, _ records: Records) {
        self.snapshot = snapshot
        audit = records.audit
        approvals = records.approvals
    }

    /// Puts `next` in the place of the current snapshot. Calls that have begun stay on theirs; the
    /// old one is returned, for its pools to be closed. What was counted against limits goes on.
    package func swap(_ next: LiveSnapshot) -> LiveSnapshot {
        next.limiter.inherit(snapshot.limiter)
        defer { snapshot = next }
        return snapshot
    }

    /// What is on record, for what is no call: a person's decision.
    package var records: Records { Records(audit: audit, approvals: approvals) }

    /// A new correlation id, for a caller that brought none.
    package func makeCorrelationID() -> CorrelationID {
        CorrelationID(makeCallID())
    }

    private func makeCallID() -> CallID {
        ids.next(milliseconds: UInt64(WallClock.nowMilliseconds()))
    }

    func begin(_ request: CallRequest) -> Call {
        Call(id: makeCallID(), request: request, snapshot: snapshot)
    }
}
