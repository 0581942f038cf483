internal import RIGLinux
package import RIGLoop
internal import RIGModel

/// The workers of one pack: between `workersMin` and `workersMax` of them, a bounded queue before
/// them, and a start after every end.
///
/// A call is given to the ready worker with the fewest calls, or waits in the queue; while calls
/// wait, workers are added up to the maximum. Nothing here blocks: processes are made on the
/// control plane.
@RequestLoop
package final class WorkerPool {
    package let plan: WorkerPlan
    private var workers: [Worker] = []
    private var queue: [HeldCall] = []
    private var starting = 0
    private var backoff = Backoff()
    private var restart: LoopTimer?
    private var isClosed = false
    private var onEmpty: OneShot<Void>?

    package init(_ plan: WorkerPlan) {
        self.plan = plan
    }

    /// How many workers live and how many calls they and the queue hold.
    package var load: (workers: Int, held: Int, queued: Int) {
        (workers.count, workers.reduce(0) { $0 + $1.held }, queue.count)
    }

    /// Process ids of the live workers' launchers, for tests and reports.
    package var processIDs: [Int32] { workers.map(\.processID) }

    /// Starts the minimum of workers.
    package func warm() {
        while workers.count + starting < plan.limits.workersMin { start() }
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
        return try result.get()
    }

    /// Lets the workers finish what they hold, then ends them. Returns when none is left.
    package func close() async {
        isClosed = true
        if let restart { EventLoop.shared.cancel(restart) }
        for call in queue { call.end(.failure(.unavailable(Self.closing))) }
        queue = []
        for worker in workers { worker.drain() }
        guard !workers.isEmpty || starting > 0 else { return }
        let emptied = OneShot<Void>()
        onEmpty = emptied
        await emptied.wait()
    }

    private static let closing = RTPError.workerCrashed("is being stopped", isIdempotent: true)

    // Calls

    private func place(_ call: HeldCall) {
        if let worker = freeWorker() {
            worker.send(call)
        } else if queue.count < plan.limits.queueMax {
            call.place = .queued
            queue.append(call)
            grow()
        } else {
            call.end(.failure(.overloaded))
        }
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
            worker.send(queue.removeFirst())
        }
    }

    // Workers

    /// One more worker when calls wait for more than those that start already will take.
    private func grow() {
        let coming = starting * plan.limits.concurrency
        guard !isClosed, restart == nil, queue.count > coming,
            workers.count + starting < plan.limits.workersMax
        else { return }
        scheduleStart()
    }

    private func start() {
        starting += 1
        RequestLoop.start { [self] in
            let result = await Worker.start(plan)
            starting -= 1
            switch result {
            case .success(let worker): add(worker)
            case .failure(let failure): startFailed(failure)
            }
        }
    }

    private func add(_ worker: Worker) {
        workers.append(worker)
        worker.onEvent = { self.handle($0) }
        worker.serve()
        if isClosed { return worker.drain() }
        serveQueue()
        grow()
    }

    private func handle(_ event: Worker.Event) {
        switch event {
        case .answered(let worker):
            backoff.succeed()
            if worker.servedCalls >= Limits.workerCallsMax { worker.drain() }
            serveQueue()
        case .ended(let worker):
            workers.removeAll { $0 === worker }
            if !isClosed, workers.count + starting < plan.limits.workersMin || !queue.isEmpty {
                scheduleStart()
            }
        }
        reportIfEmpty()
    }

    private func startFailed(_ failure: StartFailure) {
        backoff.fail()
        if workers.isEmpty, starting == 0 {
            // Nobody is left who could take them: they learn why now, not at their deadline.
            for call in queue { call.end(.failure(.unavailable(failure.error))) }
            queue = []
        }
        reportIfEmpty()
    }

    /// Starts a worker now, or after the backoff when starts have failed.
    private func scheduleStart() {
        guard restart == nil else { return }
        let delay = backoff.delayNanoseconds
        guard delay > 0 else { return start() }
        restart = EventLoop.shared.after(nanoseconds: delay) {
            self.restart = nil
            self.start()
        }
    }

    private func reportIfEmpty() {
        guard workers.isEmpty, starting == 0 else { return }
        onEmpty?.resume(())
    }
}
