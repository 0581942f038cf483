/// What a tool may do to the world, as its author declares it.
///
/// The order is partial: `read` < `write` < {`destructive`, `money`}; the last two cannot be
/// compared, so `Risk` is deliberately not `Comparable`. Every tool has a risk; one without it is
/// refused.
package enum Risk: String, Sendable, Hashable, CaseIterable {
    /// Changes nothing outside the worker.
    case read
    /// Changes something that can be changed back.
    case write
    /// Removes or overwrites what cannot be restored.
    case destructive
    /// Moves or commits money.
    case money

    /// True when every caution that fits this risk is also owed to `other`, and more.
    package func isBelow(_ other: Risk) -> Bool {
        switch (self, other) {
        case (.read, .write), (.read, .destructive), (.read, .money),
            (.write, .destructive), (.write, .money):
            true
        default:
            false
        }
    }

    /// Whether a tool whose risk moves from `old` to `new` needs a person's consent again. Any move
    /// that does not go down is one, so also that between `destructive` and `money`.
    package static func isElevation(from old: Risk, to new: Risk) -> Bool {
        old != new && !new.isBelow(old)
    }

    /// Whether a call may have to be accounted for: every risk but `read`.
    package var hasSideEffects: Bool { self != .read }
}
