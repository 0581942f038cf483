internal import RIGLinux

/// The loop as the executor of its own tasks: those that `RequestLoop.start` made.
///
/// The runtime compares two things before it lets a task go on without a switch: the actor's
/// executor, and the executor the task prefers. A thread can claim only one preference at a time,
/// so the loop's own tasks and plain ones need two executors on the one thread; each task sees the
/// one that fits (`RequestLoop.unownedExecutor`). With one for both, every call of an async
/// function by one of the two kinds would be a trip through the queue.
// SAFETY: it has no state.
final class OwnTasks: SerialExecutor, TaskExecutor, Sendable {
    static let shared = OwnTasks()

    private init() {}

    func enqueue(_ job: consuming ExecutorJob) {
        EventLoop.shared.enqueue(LoopJob(job: UnownedJob(job), isOwn: true))
    }

    func checkIsolated() {
        EventLoop.shared.requireOwnThread()
    }

    func isIsolatingCurrentContext() -> Bool? {
        EventLoop.shared.isOnOwnThread
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        // SAFETY: the one object is never freed.
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        // SAFETY: as above.
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    /// Whether the caller runs in a task that `RequestLoop.start` made, or in a child of one. The
    /// question costs a lock of the task, so the loop remembers the answer until its next job.
    static var hasCurrentTask: Bool {
        switch KernelThread.mark {
        case ThreadMark.ownerInOwnTask: return true
        case ThreadMark.ownerElsewhere: return false
        case ThreadMark.stranger: return asksCurrentTask()
        default:
            let answer = asksCurrentTask()
            KernelThread.mark =
                answer ? ThreadMark.ownerInOwnTask : ThreadMark.ownerElsewhere
            return answer
        }
    }

    private static func asksCurrentTask() -> Bool {
        // SAFETY: the task is looked at within the closure only.
        unsafe withUnsafeCurrentTask { task in
            guard let preferred = unsafe task?.unownedTaskExecutor else { return false }
            return unsafe preferred == shared.asUnownedTaskExecutor()
        }
    }
}

/// What `KernelThread.mark` says about a thread.
enum ThreadMark {
    static let stranger: UInt = 0
    /// The loop's thread, where a job or a handler has just begun.
    static let owner: UInt = 1
    /// The loop's thread, in a job of a task that prefers the loop.
    static let ownerInOwnTask: UInt = 2
    /// The loop's thread, in a job of a plain task or in none.
    static let ownerElsewhere: UInt = 3
}

/// A Swift job and how it must be run.
struct LoopJob {
    let job: UnownedJob
    /// Its task prefers the loop.
    let isOwn: Bool
}
