internal import RIGLinux
internal import Synchronization

/// One thread that waits for the kernel and runs everything `@RequestLoop`.
///
/// A tick: report ready descriptors, fire due timers, run jobs until there are none (but look at
/// the kernel again after `jobsPerTickMax`), run the before-sleep hooks, wait. A job that another
/// job or a handler enqueues costs neither a lock nor a system call.
///
///     static func main() {
///         exit(EventLoop.shared.run { await serve() })
///     }
///
// SAFETY: `remote` is safe for all threads. Everything else is touched by the owner thread only:
// by `@RequestLoop` functions, which run on this executor, by `enqueue` after it compared the
// thread's mark, and by `run` itself.
package final class EventLoop: SerialExecutor, @unchecked Sendable {
    package static let shared = EventLoop()

    /// Jobs run before the kernel is asked again, so that readers are not starved.
    private static let jobsPerTickMax = 256
    /// No watch has it: generations begin with 1.
    private static let bellToken: UInt64 = 0

    private let remote: RemoteJobs
    private let hasOwner = Atomic(false)
    private var jobs = JobQueue()
    private var result: CInt?
    let epoll: Epoll
    var watches = WatchTable()
    var timers = TimerHeap()
    var hooks = HookList()

    private init() {
        do {
            epoll = try Epoll()
            remote = try RemoteJobs()
            try epoll.add(remote.bellFd, .readable, token: Self.bellToken)
            try Signal.ignoreBrokenPipe()
        } catch {
            preconditionFailure("the event loop needs two descriptors: \(error)")
        }
    }

    // MARK: The thread

    /// Owns the calling thread until `body` ends; what it returns is returned. One at a time.
    package func run(_ body: @escaping @RequestLoop () async -> CInt) -> CInt {
        let hadOwner = hasOwner.exchange(true, ordering: .sequentiallyConsistent)
        precondition(!hadOwner, "the loop has one owner thread at a time")
        KernelThread.mark = ThreadMark.owner
        defer {
            KernelThread.mark = ThreadMark.stranger
            hasOwner.store(false, ordering: .sequentiallyConsistent)
        }
        result = nil
        RequestLoop.start { self.result = await body() }
        while true {
            if let result { return result }
            RequestLoop.assume { tick() }
        }
    }

    /// Gives the loop a thread of its own, once, that lasts as long as the process. For tests.
    package static func startOnThread() {
        _ = ownThread
    }

    private static let ownThread: Void = {
        do {
            // The body never ends: its continuation is not resumed.
            try KernelThread.start(name: "rig-loop") {
                _ = shared.run { await unsafe withUnsafeContinuation { _ in } }
            }
        } catch {
            preconditionFailure("a process can start a thread: \(error)")
        }
    }()

    /// Whether the caller is on the loop's thread.
    package var isOnOwnThread: Bool { KernelThread.mark != ThreadMark.stranger }

    package func requireOwnThread() {
        precondition(isOnOwnThread, "this belongs to the loop's thread")
    }

    // MARK: The executor

    package func enqueue(_ job: consuming ExecutorJob) {
        enqueue(LoopJob(job: UnownedJob(job), isOwn: false))
    }

    func enqueue(_ job: LoopJob) {
        if isOnOwnThread {
            jobs.append(job)
        } else {
            remote.append(job)
        }
    }

    package func checkIsolated() {
        requireOwnThread()
    }

    package func isIsolatingCurrentContext() -> Bool? {
        isOnOwnThread
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        // SAFETY: the one loop is never freed.
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    // MARK: The tick

    @RequestLoop
    private func tick() {
        fireTimers()
        remote.move(to: &jobs)
        runJobs()
        runHooks()
        // The body may have ended in this tick; waiting now could last for ever.
        if result == nil { wait() }
    }

    @RequestLoop
    private func fireTimers() {
        guard let first = timers.nextDeadline() else { return }
        let now = MonotonicClock.nowNanoseconds()
        if first > now { return }
        while let action = timers.takeDue(now) { action() }
    }

    @RequestLoop
    private func runJobs() {
        var left = Self.jobsPerTickMax
        while left > 0, let job = jobs.next() {
            KernelThread.mark = ThreadMark.owner
            // SAFETY: a job is run once, on an executor of this thread.
            if job.isOwn {
                let own = OwnTasks.shared
                unsafe job.job.runSynchronously(
                    isolatedTo: own.asUnownedSerialExecutor(),
                    taskExecutor: own.asUnownedTaskExecutor())
            } else {
                unsafe job.job.runSynchronously(on: asUnownedSerialExecutor())
            }
            left -= 1
        }
    }

    @RequestLoop
    private func runHooks() {
        // By index and without a copy: a hook may add others, or remove itself.
        var index = 0
        while let hook = hooks.entry(index) {
            hook.action()
            index = hooks.index(after: hook.id, at: index)
        }
    }

    @RequestLoop
    private func wait() {
        let mayBlock = jobs.isEmpty && remote.prepareToSleep()
        let timeout = mayBlock ? nanosecondsToNextTimer() : 0
        let count: Int
        do {
            count = try epoll.wait(timeoutNanoseconds: timeout)
        } catch {
            preconditionFailure("waiting on a valid epoll works: \(error)")
        }
        if mayBlock { remote.wokeUp() }
        for index in 0..<count {
            let (token, readiness) = epoll.event(index)
            if token == Self.bellToken {
                remote.silence()
            } else {
                watches.handler(token)?(readiness)
            }
        }
    }

    /// nil: no timer.
    @RequestLoop
    private func nanosecondsToNextTimer() -> UInt64? {
        guard let deadline = timers.nextDeadline() else { return nil }
        let now = MonotonicClock.nowNanoseconds()
        return deadline > now ? deadline - now : 0
    }
}
