package import RIGModel

/// Where an approval stands, and what may become of it. No clock and no database: `ApprovalTable`
/// asks it inside the transaction that writes the answer down.
///
///     pending ──approve──► approved ──consume──► consumed
///        │                    │
///        └──────deny──────────┴──► denied            pending, approved ──time──► expired
///
/// Denied, consumed and expired are ends: nothing leads out of them.
package enum ApprovalState: String, Sendable, CaseIterable {
    case pending
    case approved
    case denied
    case consumed
    case expired

    /// Whether something may still become of it.
    package var isOpen: Bool { self == .pending || self == .approved }

    /// What a stored state means at a time: an open one ends by itself. Milliseconds since 1970.
    package func at(_ nowMilliseconds: Int64, expires expiresMilliseconds: Int64) -> ApprovalState {
        isOpen && nowMilliseconds >= expiresMilliseconds ? .expired : self
    }

    /// The state that `event` leads to.
    package func after(_ event: ApprovalEvent) throws(ApprovalRefusal) -> ApprovalState {
        switch (self, event) {
        case (.pending, .approve): return .approved
        // An approval that nobody has used yet can be taken back.
        case (.pending, .deny), (.approved, .deny): return .denied
        case (.approved, .consume): return .consumed
        case (.pending, .consume): throw .pending
        case (.approved, .approve): throw .approved
        case (.denied, _): throw .denied
        case (.consumed, _): throw .consumed
        case (.expired, _): throw .expired
        }
    }
}

/// What happens to an approval: a person decides, or the call it covers uses it up.
package enum ApprovalEvent: String, Sendable, CaseIterable {
    case approve
    case deny
    case consume
}

/// Why the table of approvals said no; the raw value travels as the row's code.
package enum ApprovalRefusal: UInt32, Error, Sendable, CaseIterable {
    case unknown = 1
    case pending
    case denied
    case expired
    case consumed
    /// It covers another call, or is not as it was made.
    case mismatch
    /// It is approved already.
    case approved
    /// There is a record for this very call already.
    case alreadyAsked
    /// `Limits.approvalsOpenMax` are open.
    case tooMany

    /// The word for a caller; nil where the caller did nothing wrong.
    package var reason: ApprovalInvalidReason? {
        switch self {
        case .unknown: .unknown
        case .pending: .pending
        case .denied: .denied
        case .expired: .expired
        case .consumed: .consumed
        case .mismatch: .mismatch
        case .approved, .alreadyAsked, .tooMany: nil
        }
    }
}
