internal import RIGLoop

/// Asks runners that someone else supervises, again and again while they have nothing to do, whether
/// they are there: their process is not RIG's to see, and a connection to one that hangs looks well.
@RequestLoop
final class HealthWatch {
    private let periodNanoseconds: UInt64
    private var pending: LoopTimer?
    private var isClosed = false

    init(everyMilliseconds milliseconds: Int) {
        periodNanoseconds = UInt64(milliseconds) * 1_000_000
    }

    func close() {
        isClosed = true
        if let pending { EventLoop.shared.cancel(pending) }
        pending = nil
    }

    /// Goes on as long as there are `workers`; to be called whenever one was added.
    func begin(_ workers: @escaping @RequestLoop () -> [Worker]) {
        guard pending == nil, !isClosed, !workers().isEmpty else { return }
        pending = EventLoop.shared.after(nanoseconds: periodNanoseconds) { [weak self] in
            guard let self else { return }
            pending = nil
            // One that holds calls is watched by their deadlines.
            for worker in workers() where worker.isServing && worker.held == 0 { worker.check() }
            begin(workers)
        }
    }
}
