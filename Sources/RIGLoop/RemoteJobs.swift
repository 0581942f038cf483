internal import RIGLinux
internal import Synchronization

/// The way into the loop from other threads: a queue under a lock, and an eventfd that is only
/// written when the loop sleeps.
///
/// The loop says "asleep" and then looks at `hasJobs`; a sender sets `hasJobs` and then looks at
/// `isAsleep`. Sequential consistency lets at least one of them see the other, so no job waits
/// for an event that never comes.
final class RemoteJobs: Sendable {
    private let queue = Mutex<[LoopJob]>([])
    private let hasJobs = Atomic(false)
    private let isAsleep = Atomic(false)
    private let bell: EventFd

    init() throws(Errno) {
        bell = try EventFd()
    }

    var bellFd: CInt { bell.fd }

    /// From any thread.
    func append(_ job: LoopJob) {
        queue.withLock { $0.append(job) }
        hasJobs.store(true, ordering: .sequentiallyConsistent)
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { ring() }
    }

    private func ring() {
        do {
            try bell.signal()
        } catch {
            preconditionFailure("an eventfd that lives takes a signal: \(error)")
        }
    }

    /// On the loop, before it sleeps; false when there is work after all.
    func prepareToSleep() -> Bool {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        if !hasJobs.load(ordering: .sequentiallyConsistent) { return true }
        isAsleep.store(false, ordering: .sequentiallyConsistent)
        return false
    }

    /// On the loop, after it slept.
    func wokeUp() {
        isAsleep.store(false, ordering: .relaxed)
    }

    /// On the loop, when the bell's descriptor is readable.
    func silence() {
        do {
            _ = try bell.drain()
        } catch {
            preconditionFailure("an eventfd that lives can be drained: \(error)")
        }
    }

    /// On the loop: moves what other threads sent.
    func move(to local: inout JobQueue) {
        if !hasJobs.exchange(false, ordering: .acquiring) { return }
        queue.withLock { jobs in
            for job in jobs { local.append(job) }
            jobs.removeAll(keepingCapacity: true)
        }
    }
}
