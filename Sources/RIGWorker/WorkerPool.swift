internal import RIGLinux
package import RIGLoop
package import RIGModel

/// The workers of one pack: between `workersMin` and `workersMax` of them, a bounded queue before
/// them, and a start after every end.
///
/// A call is given to the ready worker with the fewest calls, or waits in the queue; while calls
/// wait, workers are added up to the maximum, and those above the minimum end when they have had
/// nothing to do for a while. Nothing here blocks: processes are made on the control plane.
@RequestLoop
package final class WorkerPool {
    /// Why the pack has fewer workers than it should have.
    package struct Failure: Sendable {
        package let error: RTPError
        /// How many such failures there were in a row.
        package let count: Int
    }

    /// Looks at idle workers within the time after which they end: it comes out at most a quarter
    /// later, and a call costs no look at the clock.
    private static let looksPerIdleTime = 4

    package let plan: WorkerPlan
    /// The last start that failed, or the last worker that ended before it answered anything; nil
    /// since one began to serve.
    package private(set) var lastFailure: Failure?
    private var workers: [Worker] = []
    private var queue: [HeldCall] = []
    /// Workers whose start has begun; those of them that have a process, so that `close` can end
    /// one that hangs.
    private var starting = 0
    private var unready: [Worker] = []
    /// Workers that have ended and whose work directory is being removed.
    private var leaving = 0
    private var backoff = Backoff()
    /// Of the pool's whole life, and since the last recovery.
    private var failures = 0
    private var failuresInRow = 0
    private var restart: (timer: LoopTimer, atNanoseconds: UInt64)?
    private var idleLook: LoopTimer?
    private var isClosed = false
    private var closers: [OneShot<Void>] = []

    package init(_ plan: WorkerPlan) {
        self.plan = plan
    }

    /// How many workers live and how many calls they and the queue hold.
    package var load: (workers: Int, held: Int, queued: Int) {
        (workers.count, workers.reduce(0) { $0 + $1.held }, queue.count)
    }

    /// Whether the next call would be refused.
    package var isFull: Bool { queue.count >= plan.limits.queueMax && freeWorker() == nil }

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
            if let idleLook { EventLoop.shared.cancel(idleLook) }
            idleLook = nil
            failQueue(Self.closing)
            for worker in unready { worker.kill(.stopped) }
            for worker in workers { worker.drain() }
        }
        guard !isEmpty else { return }
        let emptied = OneShot<Void>()
        closers.append(emptied)
        await emptied.wait()
    }

    private var isEmpty: Bool { workers.isEmpty && starting == 0 && leaving == 0 }

    private func reportIfEmpty() {
        guard isEmpty else { return }
        for closer in closers { closer.resume(()) }
        closers = []
    }

    private static let closing = RTPError.workerCrashed("is being stopped", isIdempotent: true)

    // Calls

    private func place(_ call: HeldCall) {
        if let worker = freeWorker() {
            worker.send(call)
        } else if let lastFailure, isHopeless(call) {
            call.end(.failure(.unavailable(lastFailure.error)))
        } else if queue.count < plan.limits.queueMax {
            call.beginsToQueue()
            queue.append(call)
            balance()
        } else {
            call.end(.failure(.overloaded))
        }
    }

    /// There is nobody, and the next start comes after its deadline: it learns why now.
    private func isHopeless(_ call: HeldCall) -> Bool {
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
            queue.removeAll { $0 === call }
            call.end(.failure(failure(false)))
        case .ended:
            break
        }
    }

    private func serveQueue() {
        while !queue.isEmpty, let worker = freeWorker() {
            let call = queue.removeFirst()
            call.leavesQueue()
            worker.send(call)
        }
    }

    private func failQueue(_ error: RTPError, where isMeant: (HeldCall) -> Bool = { _ in true }) {
        let failed = queue.filter(isMeant)
        queue.removeAll(where: isMeant)
        for call in failed { call.end(.failure(.unavailable(error))) }
    }

    // Workers

    private func handle(_ event: Worker.Event) {
        switch event {
        case .answered(let worker):
            // One that came before the last failure proves nothing about the next start.
            if failuresInRow > 0, worker.failuresBefore == failures { recover() }
            if worker.servedCalls >= plan.limits.callsPerWorkerMax { retire(worker) }
            serveQueue()
        case .ended(let worker):
            workers.removeAll { $0 === worker }
            leaving += 1
            if worker.endedByItself, worker.answeredCalls == 0, let end = worker.end {
                // Calls bound how often they can kill; a worker that dies by itself has no bound.
                if worker.servedCalls > 0 { backoff.stumble() } else { backoff.fail() }
                let words = worker.lastWords.map { ": \($0)" } ?? ""
                fail(
                    .workerCrashed(
                        "\(end.text) before its first answer\(words)", isIdempotent: true))
            }
            balance()
        case .gone:
            leaving -= 1
            reportIfEmpty()
        }
    }

    /// Starts and ends workers until there are as many as there should be.
    private func balance() {
        guard !isClosed else { return }
        for worker in workers.filter({ $0.isServing && $0.isDue }).prefix(size.drains(plan.limits))
        {
            worker.drain()
        }
        let count = size.starts(plan.limits)
        guard count > 0, restart == nil else { return }
        let delay = backoff.delayNanoseconds
        guard delay > 0 else {
            for _ in 0..<count { start() }
            return
        }
        // After a failure one at a time: its outcome decides on the next.
        guard starting == 0 else { return }
        let timer = EventLoop.shared.after(nanoseconds: delay) {
            self.restart = nil
            if self.size.starts(self.plan.limits) > 0 { self.start() }
        }
        restart = (timer, MonotonicClock.nowNanoseconds() + delay)
        if let lastFailure { failQueue(lastFailure.error, where: isHopeless) }
    }

    private var size: PoolSize {
        var size = PoolSize(starting: starting, queuedCalls: queue.count)
        for worker in workers where worker.isServing {
            size.serving += 1
            if worker.isDue { size.due += 1 }
        }
        return size
    }

    private func start() {
        starting += 1
        RequestLoop.start { [self] in
            var made: Worker?
            let result = await Worker.start(plan) { worker in
                made = worker
                unready.append(worker)
                if isClosed { worker.kill(.stopped) }
            }
            // It may have ended since it was ready.
            if case .success(let worker) = result, worker.end != nil { await worker.gone() }
            starting -= 1
            unready.removeAll { $0 === made }
            switch result {
            case .success(let worker): add(worker)
            case .failure(let failure): startFailed(failure)
            }
        }
    }

    /// Takes in a worker that was ready when it was last heard of.
    private func add(_ worker: Worker) {
        if let end = worker.end {
            return startFailed(StartFailure(cause: .ended(end), lastWords: worker.lastWords))
        }
        worker.failuresBefore = failures
        workers.append(worker)
        worker.onEvent = { self.handle($0) }
        worker.serve { self.retire(worker) }
        if isClosed { return worker.drain() }
        lastFailure = nil
        serveQueue()
        balance()
        watchForIdleness()
    }

    private func retire(_ worker: Worker) {
        guard !worker.isDue else { return }
        worker.isDue = true
        balance()
    }

    // Failures

    private func fail(_ error: RTPError) {
        failures += 1
        failuresInRow += 1
        lastFailure = Failure(error: error, count: failuresInRow)
    }

    private func startFailed(_ failure: StartFailure) {
        backoff.fail()
        fail(failure.error)
        // When nobody is left who could take them they learn why now, not at their deadline.
        if starting == 0, !workers.contains(where: \.isServing) { failQueue(failure.error) }
        balance()
        reportIfEmpty()
    }

    /// A worker has answered: whatever failed before is over.
    private func recover() {
        backoff.succeed()
        failuresInRow = 0
        lastFailure = nil
        guard restart != nil else { return }
        cancelRestart()
        balance()
    }

    private func cancelRestart() {
        if let restart { EventLoop.shared.cancel(restart.timer) }
        restart = nil
    }

    // Idle workers

    /// Looks again and again as long as there are workers above the minimum.
    private func watchForIdleness() {
        guard idleLook == nil, !isClosed, size.serving > plan.limits.workersMin else { return }
        let period = UInt64(plan.limits.idleMilliseconds) * 1_000_000
        idleLook = EventLoop.shared.after(
            nanoseconds: period / UInt64(Self.looksPerIdleTime)
        ) { [weak self] in
            guard let self else { return }
            idleLook = nil
            endIdleWorkers()
            watchForIdleness()
        }
    }

    /// From the back, since calls are given to the first who is free.
    private func endIdleWorkers() {
        var spare = size.serving - plan.limits.workersMin
        for worker in workers.reversed() where worker.isServing {
            // What the first quiet look saw may have ended a moment before it.
            let isIdle = worker.look() > Self.looksPerIdleTime
            guard isIdle, spare > 0 else { continue }
            worker.drain()
            spare -= 1
        }
    }
}
