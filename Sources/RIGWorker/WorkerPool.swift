internal import RIGLinux
package import RIGLoop
package import RIGModel

/// The workers of one pack: between `workersMin` and `workersMax` of them, a bounded queue before
/// them, and a start after every end.
///
/// A call is given to the ready worker with the fewest calls, or waits in the queue; while calls
/// wait, workers are added up to the maximum, and those above the minimum end when they have had
/// nothing to do for a while. Where each call gets a worker of its own (`isPerCall`), ready ones
/// wait for it and end with its answer. Nothing here blocks: processes are made on the control
/// plane.
@RequestLoop
package final class WorkerPool {
    /// Why the pack has fewer workers than it should have.
    package struct Failure: Sendable {
        package let error: RTPError
        /// How many such failures there were in a row.
        package let count: Int
    }

    package let plan: WorkerPlan
    /// The last start that failed, or the last worker that ended before it answered anything; nil
    /// since one began to serve.
    package var lastFailure: Failure? { health.lastFailure }
    var workers: [Worker] = []
    var queue: CallQueue
    /// Workers whose start has begun; those of them that have a process, so that `close` can end
    /// one that hangs.
    var starting = 0
    var unready: [Worker] = []
    /// Workers that have ended and whose work directory is being removed.
    var leaving = 0
    var health = PoolHealth()
    var restart: (timer: LoopTimer, atNanoseconds: UInt64)?
    let idleWatch: IdleWatch
    let memoryWatch: MemoryWatch?
    let healthWatch: HealthWatch?
    /// Looks at how many spares there are, soon.
    var refill: LoopTimer?
    var isClosed = false
    var closers: [OneShot<Void>] = []

    package init(_ plan: WorkerPlan) {
        self.plan = plan
        queue = CallQueue(countMax: plan.limits.queueMax)
        idleWatch = IdleWatch(afterMilliseconds: plan.limits.idleMilliseconds)
        healthWatch =
            plan.isElsewhere
            ? HealthWatch(everyMilliseconds: plan.limits.healthMilliseconds) : nil
        memoryWatch = plan.memoryBytesMax.map { MemoryWatch(bytesMax: $0) }
    }

    /// How many workers live and how many calls they and the queue hold.
    package var load: (workers: Int, held: Int, queued: Int) {
        (workers.count, workers.reduce(0) { $0 + $1.held }, queue.count)
    }

    /// Whether the next call would be refused.
    package var isFull: Bool { queue.isFull && freeWorker() == nil }

    /// Workers that would take a call now.
    package var freeWorkers: Int { workers.count(where: \.isFree) }

    /// Process ids of the workers, for tests and reports.
    package var processIDs: [Int32] { workers.map(\.processID) }

    /// Starts the minimum of workers.
    package func warm() {
        balance()
    }

    /// Takes in the worker that described the pack, which is ready already.
    package func adopt(_ description: PackDescription) {
        add(description.worker)
    }

    /// Gives the call to a worker and waits for its answer, its deadline or its cancellation.
    package func invoke(
        _ invocation: Invocation, cancellation: Cancellation,
        onProgress: ((Progress) -> Void)? = nil
    ) async throws(DispatchFailure) -> ReplyFrame {
        guard !isClosed else { throw .unavailable(Self.closing) }
        guard !cancellation.isCancelled else { throw .cancelled(sent: false) }
        let call = HeldCall(invocation, onProgress: onProgress)
        cancellation.onCancel { self.withdraw(call) { .cancelled(sent: $0) } }
        let result = await call.wait(
            expire: { self.withdraw(call) { .timeout(sent: $0) } }, begin: { self.place(call) })
        cancellation.onCancel(nil)
        var reply = try result.get()
        reply.queuedNanoseconds = call.queuedNanoseconds
        return reply
    }

    /// Lets the workers finish what they hold, then ends them. Returns when nothing is left of
    /// them, neither process nor work directory.
    package func close() async {
        if !isClosed {
            isClosed = true
            cancelRestart()
            idleWatch.cancel()
            memoryWatch?.close()
            healthWatch?.close()
            if let refill { EventLoop.shared.cancel(refill) }
            refill = nil
            failQueue(Self.closing)
            for worker in unready { worker.kill(.stopped) }
            for worker in workers { worker.drain() }
        }
        guard !isEmpty else { return }
        let emptied = OneShot<Void>()
        closers.append(emptied)
        await emptied.wait()
    }

    var isEmpty: Bool { workers.isEmpty && starting == 0 && leaving == 0 }

    func reportIfEmpty() {
        guard isEmpty else { return }
        for closer in closers { closer.resume(()) }
        closers = []
    }

    private static let closing = RTPError.workerCrashed("is being stopped", isIdempotent: true)

    // Calls

    private func place(_ call: HeldCall) {
        if let worker = freeWorker() {
            worker.send(call)
            refillSoon()
        } else if let lastFailure, isHopeless(call) {
            call.end(.failure(.unavailable(lastFailure.error)))
        } else if queue.isFull {
            call.end(.failure(.overloaded))
        } else {
            queue.append(call)
            balance()
        }
    }

    /// There is nobody, and the next start comes after its deadline: it learns why now.
    func isHopeless(_ call: HeldCall) -> Bool {
        guard let restart, starting == 0, !workers.contains(where: \.isServing) else {
            return false
        }
        return call.invocation.deadlineNanoseconds <= restart.atNanoseconds
    }

    private func freeWorker() -> Worker? {
        var best: Worker?
        for worker in workers where worker.isFree {
            if worker.held == 0 { return worker }
            if worker.held < best?.held ?? .max { best = worker }
        }
        return best
    }

    /// Ends a call whose answer nobody wants any more, wherever it is.
    private func withdraw(_ call: HeldCall, _ failure: (_ sent: Bool) -> DispatchFailure) {
        switch call.place {
        case .sent(let id):
            workers.first { $0.holds(call) }?.abandon(id)
            call.end(.failure(failure(true)))
        case .new, .queued:
            queue.remove(call)
            call.end(.failure(failure(false)))
        case .ended:
            break
        }
    }

    func serveQueue() {
        while !queue.isEmpty, let worker = freeWorker() {
            worker.send(queue.removeFirst())
            refillSoon()
        }
    }

    func failQueue(_ error: RTPError, where isMeant: (HeldCall) -> Bool = { _ in true }) {
        for call in queue.remove(where: isMeant) { call.end(.failure(.unavailable(error))) }
    }
}
