/// How many workers a pool is to start and to end, from how many it has. Pure: no process and no
/// clock in it.
///
/// The minimum is always kept, the maximum bounds those that take calls. A worker that is due for
/// replacement serves on until there is another in its place, one after the other, so that capacity
/// does not fall below the minimum; for that moment there may be one worker above the maximum.
struct PoolSize: Equatable {
    /// Workers that take calls, those that are due among them.
    var serving = 0
    var due = 0
    /// Workers whose start has begun.
    var starting = 0
    var queuedCalls = 0

    /// Workers that are due and can be ended now.
    func drains(_ limits: WorkerPlan.PoolLimits) -> Int {
        max(0, min(due, serving - limits.workersMin))
    }

    /// Workers to be started now.
    func starts(_ limits: WorkerPlan.PoolLimits) -> Int {
        var count = max(0, limits.workersMin - serving - starting)
        if count == 0, starting == 0, due > 0, serving - due < limits.workersMin { count = 1 }
        // One more as long as calls wait for more than those that start already will take.
        while queuedCalls > (starting + count) * limits.concurrency,
            serving + starting + count < limits.workersMax
        {
            count += 1
        }
        return count
    }
}
