/// A uid from a pool, given back when the last that holds the lease lets it go: the plan, and the
/// worker that was started by it.
package final class IdentityLease: Sendable {
    package let id: UInt32
    private let pool: IdentityPool

    /// nil when all are in use.
    package init?(_ pool: IdentityPool) {
        guard let id = pool.take() else { return nil }
        self.id = id
        self.pool = pool
    }

    deinit { pool.giveBack(id) }
}
