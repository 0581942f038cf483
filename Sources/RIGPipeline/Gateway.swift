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
    /// Where calls and decisions are recorded.
    package let records: Records
    package let audit: AuditLog
    package let approvals: ApprovalDesk
    package let keys: KeysInFlight
    package let times = StageTimes()
    private var ids = CallIDSource()
    private var swapObservers: [@RequestLoop (LiveSnapshot) -> Void] = []
    /// Lent to one stage at a time: no stage that uses them waits.
    var scanner = Scanner(capacityBytes: 64 << 10)
    var checker = Checker()

    package init(_ snapshot: LiveSnapshot, _ records: Records) {
        self.snapshot = snapshot
        self.records = records
        audit = records.audit
        approvals = records.approvals
        keys = KeysInFlight(records.keys)
    }

    /// Puts `next` in the place of the current snapshot. Calls that have begun stay on theirs, and
    /// pools that `next` does not share end with the last of them. What was counted against limits
    /// goes on.
    package func swap(_ next: LiveSnapshot) {
        next.limiter.inherit(snapshot.limiter)
        snapshot = next
        for observer in swapObservers { observer(next) }
    }

    /// Calls `observer` after every swap, for as long as the gateway lives.
    package func onSwap(_ observer: @escaping @RequestLoop (LiveSnapshot) -> Void) {
        swapObservers.append(observer)
    }

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
