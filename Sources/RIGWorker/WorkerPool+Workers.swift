internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// How a pool comes by its workers and loses them: starts, ends, failures, idleness.
extension WorkerPool {
    private func handle(_ event: Worker.Event) {
        switch event {
        case .answered(let worker):
            // One that came before the last failure proves nothing about the next start.
            if health.failuresInRow > 0, worker.failuresBefore == health.failures { recover() }
            if worker.isSpent { return dismissSoon(worker) }
            if worker.servedCalls >= plan.limits.callsPerWorkerMax { retire(worker) }
            serveQueue()
        case .ended(let worker):
            workers.removeAll { $0 === worker }
            leaving += 1
            if worker.endedByItself, worker.answeredCalls == 0, let end = worker.end {
                noteEarlyEnd(worker, end)
            }
            balance()
        case .gone:
            leaving -= 1
            reportIfEmpty()
        }
    }

    /// Starts and ends workers until there are as many as there should be.
    func balance() {
        guard !isClosed else { return }
        for worker in workers.filter({ $0.isServing && $0.isDue }).prefix(size.drains(plan.limits))
        {
            worker.drain()
        }
        let count = size.starts(plan.limits)
        guard count > 0, restart == nil else { return }
        let delay = health.delayNanoseconds
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
        for worker in workers {
            if worker.isServing {
                size.serving += 1
                if worker.isDue { size.due += 1 }
            } else if plan.limits.isPerCall {
                if worker.held > 0 { size.busy += 1 } else { size.ending += 1 }
            }
        }
        return size
    }

    /// Ends a worker that has answered its only call, and sees to the next; after whoever waits for
    /// that answer has gone on.
    private func dismissSoon(_ worker: Worker) {
        RequestLoop.start {
            worker.drain()
            self.balance()
        }
    }

    /// Sees to the next spare in a moment: starting it now would take the machine from the call
    /// that was just given the last one, and a quick call will be answered by then.
    func refillSoon() {
        guard plan.limits.isPerCall, refill == nil, !isClosed else { return }
        refill = EventLoop.shared.after(nanoseconds: Self.refillDelayNanoseconds) { [weak self] in
            self?.refill = nil
            self?.balance()
        }
    }

    private static let refillDelayNanoseconds: UInt64 = 1_000_000

    private func start() {
        starting += 1
        RequestLoop.start { [self] in
            var made: Worker?
            let result = await Worker.start(plan, prepares: true) { worker in
                made = worker
                unready.append(worker)
                watchMemory()
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
    func add(_ worker: Worker) {
        if let end = worker.end {
            return startFailed(StartFailure(cause: .ended(end), lastWords: worker.lastWords))
        }
        worker.failuresBefore = health.failures
        workers.append(worker)
        worker.onEvent = { self.handle($0) }
        worker.serve { self.retire(worker) }
        watchMemory()
        healthWatch?.begin { [weak self] in self?.workers ?? [] }
        if isClosed { return worker.drain() }
        health.hasWorker()
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

    private func noteEarlyEnd(_ worker: Worker, _ end: WorkerEnd) {
        let words = worker.lastWords.map { ": \($0)" } ?? ""
        let error = RTPError.workerCrashed(
            "\(end.text) before its first answer\(words)", isIdempotent: true)
        if worker.servedCalls > 0 {
            health.diedWithCall(error)
        } else {
            health.startFailed(error)
        }
    }

    private func startFailed(_ failure: StartFailure) {
        health.startFailed(failure.error)
        // When nobody is left who could take them they learn why now, not at their deadline.
        if starting == 0, !workers.contains(where: \.isServing) { failQueue(failure.error) }
        balance()
        reportIfEmpty()
    }

    /// A worker has answered: whatever failed before is over.
    private func recover() {
        health.recover()
        guard restart != nil else { return }
        cancelRestart()
        balance()
    }

    func cancelRestart() {
        if let restart { EventLoop.shared.cancel(restart.timer) }
        restart = nil
    }

    // Memory

    /// Of workers whose import takes it all, too.
    private func watchMemory() {
        guard let memoryWatch, let bytesMax = plan.memoryBytesMax else { return }
        memoryWatch.begin { [weak self] in
            self.map { $0.workers + $0.unready } ?? []
        } onExcess: {
            $0.kill(.tookMemory(bytesMax: bytesMax))
        }
    }

    // Idle workers

    private func watchForIdleness() {
        guard !isClosed, size.serving > plan.limits.workersMin else { return }
        idleWatch.lookLater { [weak self] in
            guard let self else { return }
            endIdleWorkers()
            watchForIdleness()
        }
    }

    /// From the back, since calls are given to the first who is free.
    private func endIdleWorkers() {
        var spare = size.serving - plan.limits.workersMin
        for worker in workers.reversed() where worker.isServing {
            guard idleWatch.isIdle(worker), spare > 0 else { continue }
            worker.drain()
            spare -= 1
        }
    }
}
