internal import RIGModel

/// Counts calls against the limits of a policy, in memory: a window for every limit and tenant.
///
/// Owned by the request loop and used there only. A restart begins with empty windows; a new
/// snapshot takes over the windows of every limit that it left as it was.
package final class RateLimiter {
    private let limits: [PolicyLimit]
    private var tables: [TenantWindows]

    package init(_ program: PolicyProgram) {
        limits = program.limits
        tables = limits.map { TenantWindows($0.window) }
    }

    /// Goes on with what `old` has counted, where the limit is the same. Both then count together,
    /// so that two snapshots that serve side by side share their limits.
    package func inherit(_ old: RateLimiter) {
        var heirless = Array(old.limits.indices)
        for (index, limit) in limits.enumerated() {
            let place = heirless.firstIndex { slot in
                old.limits[slot].scope == limit.scope && old.limits[slot].window == limit.window
            }
            if let place { tables[index] = old.tables[heirless.remove(at: place)] }
        }
    }

    /// A limit that is used up, and when it has room again.
    package struct Refusal: Sendable, Hashable {
        package let limit: PolicyLimit
        package let retryAfterMilliseconds: Int
    }

    /// Counts a call that `program` decided, or counts nothing and says which limit is used up. A
    /// call that is denied is not counted; one that a person is asked about is.
    package func admit(
        _ decision: Decision, _ program: DecisionProgram, tenant: String, nowNanoseconds: UInt64
    ) -> Refusal? {
        if decision.limit < 0 && program.limits.isEmpty { return nil }
        guard decision.effect != .deny else { return nil }
        // All limits are asked before any counts, so a refusal by one does not use up another.
        var longest: (limit: Int, wait: UInt64) = (0, 0)
        var index = -1
        while let limit = next(after: &index, decision, program, tenant) {
            let wait = tables[limit].waitNanoseconds(tenant, now: nowNanoseconds)
            if wait > longest.wait { longest = (limit, wait) }
        }
        guard longest.wait == 0 else {
            return Refusal(
                limit: limits[longest.limit],
                retryAfterMilliseconds: Int((longest.wait + 999_999) / 1_000_000))
        }
        index = -1
        while let limit = next(after: &index, decision, program, tenant) {
            tables[limit].count(tenant)
        }
        return nil
    }

    /// The limits that count a call, one by one: its rule's own, then those over its tool.
    private func next(
        after index: inout Int, _ decision: Decision, _ program: DecisionProgram, _ tenant: String
    ) -> Int? {
        if index < 0 {
            index = 0
            if decision.limit >= 0 { return Int(decision.limit) }
        }
        while index < program.limits.count {
            index += 1
            if program.limits[index - 1].tenant.matches(tenant) {
                return program.limits[index - 1].limit
            }
        }
        return nil
    }

    /// Tenants that windows are kept for, over all limits; for tests and metrics.
    package var tenantCount: Int { tables.reduce(0) { $0 + $1.tenantCount } }
}

/// The windows of one limit. At most `tenantsMax` tenants have one of their own; while that many
/// are busy, all others share one, so that inventing tenants wins nothing and takes no memory.
final class TenantWindows {
    static let tenantsMax = 4_096

    private let calls: Int
    private let sliceNanoseconds: UInt64
    private var slots: [String: Int] = [:]
    /// The first is the one that tenants without their own share.
    private var windows = [SlidingWindow()]
    private var names = [""]
    /// No window is idle before this slice: looking for one again would be work for nothing.
    private var nextSweep: UInt64 = 0

    init(_ window: RateWindow) {
        calls = window.calls
        sliceNanoseconds = SlidingWindow.sliceNanoseconds(
            lengthMilliseconds: window.perMilliseconds)
    }

    var tenantCount: Int { slots.count }

    /// Nanoseconds until the tenant may call; 0 when it may now.
    func waitNanoseconds(_ tenant: String, now: UInt64) -> UInt64 {
        let slice = now / sliceNanoseconds
        let slot = slots[tenant] ?? makeSlot(tenant, slice)
        windows[slot].advance(to: slice)
        guard windows[slot].total >= calls else { return 0 }
        let free = windows[slot].sliceWithRoom(calls: calls) * sliceNanoseconds
        return free > now ? free - now : 1
    }

    /// Counts a call at the moment that was asked about last.
    func count(_ tenant: String) {
        windows[slots[tenant] ?? 0].add()
    }

    private func makeSlot(_ tenant: String, _ slice: UInt64) -> Int {
        if slots.count < Self.tenantsMax {
            slots[tenant] = windows.count
            windows.append(SlidingWindow())
            names.append(tenant)
            return windows.count - 1
        }
        guard slice >= nextSweep else { return 0 }
        nextSweep = slice + 1
        for slot in windows.indices.dropFirst() {
            windows[slot].advance(to: slice)
            guard windows[slot].total == 0 else { continue }
            slots[names[slot]] = nil
            slots[tenant] = slot
            names[slot] = tenant
            // There may be more behind it for the next tenant.
            nextSweep = slice
            return slot
        }
        return 0
    }
}
