internal import Synchronization

/// Uids that belong to no account, one a worker while it lives: two workers of one uid could count
/// against each other's limits.
package final class IdentityPool: Sendable {
    private struct State {
        var free: [UInt32]
        var taken: Set<UInt32> = []
    }

    private let state: Mutex<State>

    /// For all workers of this process, wherever in the range that belongs to RIG: two sidecars of
    /// one machine are unlikely to meet.
    package static let shared = IdentityPool(
        first: rangeFirst + UInt32.random(in: 0..<rangeBlocks) * blockCount, count: blockCount)

    /// Beyond what accounts, subordinate ids, containers and systemd's services use; rig-jail
    /// probes the first (RIG_OWN_ID_FIRST).
    package static let rangeFirst: UInt32 = 1_900_000_000
    private static let rangeBlocks: UInt32 = 100_000
    private static let blockCount: UInt32 = 1000

    /// - Parameter first: Above all accounts; 0 is never handed out.
    package init(first: UInt32, count: UInt32) {
        precondition(first > 0 && count > 0, "the range holds uids that are not root's")
        state = Mutex(State(free: Array((first..<first + count).reversed())))
    }

    /// nil when all are in use.
    package func take() -> UInt32? {
        state.withLock { state in
            guard let id = state.free.popLast() else { return nil }
            state.taken.insert(id)
            return id
        }
    }

    /// To be called when the worker has been reaped. Freed ids come back last, so that what a
    /// worker left somewhere does not at once belong to the next.
    package func giveBack(_ id: UInt32) {
        state.withLock { state in
            precondition(state.taken.remove(id) != nil, "an id is given back once")
            state.free.insert(id, at: 0)
        }
    }
}
