/// How many workers a pool is to start and to end, from how many it has. Pure: no process and no
/// clock in it.
///
/// The minimum is always kept, the maximum bounds those that take calls. A worker that is due for
/// replacement serves on until there is another in its place, one after the other, so that capacity
/// does not fall below the minimum; for that moment there may be one worker above the maximum.
///
/// Where each call gets a worker of its own, those that serve are the spares: the minimum says how
/// many, and they are refilled one at a time, so that refilling never takes the machine from calls.
/// Calls that wait have as many workers started as the maximum leaves room for.
struct PoolSize: Equatable {
    /// Workers that take calls, those that are due among them.
    var serving = 0
    var due = 0
    /// Workers whose start has begun.
    var starting = 0
    var queuedCalls = 0
    /// Of those that take one call: workers that hold it, and workers that have answered it and
    /// whose process is not gone yet.
    var busy = 0
    var ending = 0

    /// Workers that are due and can be ended now.
    func drains(_ limits: WorkerPlan.PoolLimits) -> Int {
        max(0, min(due, serving - limits.workersMin))
    }

    /// Workers to be started now.
    func starts(_ limits: WorkerPlan.PoolLimits) -> Int {
        if limits.isPerCall { return startsPerCall(limits) }
        var count = max(0, limits.workersMin - serving - starting)
        if needsReplacement(limits), count == 0 { count = 1 }
        // One more as long as calls wait for more than those that start already will take.
        while queuedCalls > (starting + count) * limits.concurrency,
            serving + starting + count < limits.workersMax
        {
            count += 1
        }
        return count
    }

    private func startsPerCall(_ limits: WorkerPlan.PoolLimits) -> Int {
        // Processes that do not end must not pile up behind those that count.
        guard ending < limits.workersMax else { return 0 }
        if needsReplacement(limits), queuedCalls == 0 { return 1 }
        let room = limits.workersMax - serving - busy - starting
        let refill = starting == 0 && serving < limits.workersMin ? 1 : 0
        return max(0, min(room, max(refill, queuedCalls - starting)))
    }

    private func needsReplacement(_ limits: WorkerPlan.PoolLimits) -> Bool {
        starting == 0 && due > 0 && serving - due < limits.workersMin
            && serving >= limits.workersMin
    }
}
