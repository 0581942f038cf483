package import RIGLinux

/// A descriptor the loop reports on; harmless after it was cancelled.
package struct Watch: Equatable, Sendable {
    let token: UInt64
}

/// A function the loop calls later; harmless after it fired or was cancelled.
package struct LoopTimer: Equatable, Sendable {
    let key: TimerHeap.Key
}

/// A function the loop calls in every tick.
package struct LoopHook: Equatable, Sendable {
    let id: Int
}

@RequestLoop
extension EventLoop {
    /// Calls `handler` in every tick in which `fd` is ready for `interest`, hung up or failed.
    /// `fd` must stay open until the watch is cancelled, and can have one watch at a time.
    /// - Throws: `Errno.permission` for what epoll cannot watch: files and directories, which are
    ///   always ready.
    package func watch(
        _ fd: CInt, _ interest: Readiness,
        _ handler: @escaping @RequestLoop (Readiness) -> Void
    ) throws(Errno) -> Watch {
        let token = watches.add(fd, handler)
        do {
            try epoll.add(fd, interest, token: token)
        } catch {
            _ = watches.remove(token)
            throw error
        }
        return Watch(token: token)
    }

    /// Changes what is waited for; an empty interest still reports failure and hang-up.
    package func rearm(_ watch: Watch, _ interest: Readiness) {
        guard let fd = watches.fd(watch.token) else { return }
        do {
            try epoll.modify(fd, interest, token: watch.token)
        } catch {
            preconditionFailure("a watched descriptor stays open: \(error)")
        }
    }

    /// No report comes any more, not even one the kernel has made already.
    package func cancel(_ watch: Watch) {
        guard let fd = watches.remove(watch.token) else { return }
        do {
            try epoll.remove(fd)
        } catch {
            preconditionFailure("a watch is cancelled before its descriptor is closed: \(error)")
        }
    }

    /// Calls `action` once, `nanoseconds` from now or a little later.
    package func after(
        nanoseconds: UInt64, _ action: @escaping @RequestLoop () -> Void
    ) -> LoopTimer {
        at(MonotonicClock.nowNanoseconds() &+ nanoseconds, action)
    }

    /// Calls `action` once, when `MonotonicClock` has passed `deadlineNanoseconds`.
    package func at(
        _ deadlineNanoseconds: UInt64, _ action: @escaping @RequestLoop () -> Void
    ) -> LoopTimer {
        LoopTimer(key: timers.add(deadline: deadlineNanoseconds, action))
    }

    /// - Returns: false when the timer fired or was cancelled before.
    @discardableResult
    package func cancel(_ timer: LoopTimer) -> Bool {
        timers.cancel(timer.key)
    }

    /// Timers that are set.
    package var timerCount: Int { timers.liveCount }

    /// Suspends the caller; a cancelled task sleeps on.
    package func sleep(nanoseconds: UInt64) async {
        // SAFETY: a timer fires once, and this one is never cancelled.
        await unsafe withUnsafeContinuation { continuation in
            _ = after(nanoseconds: nanoseconds) { unsafe continuation.resume() }
        }
    }

    /// Calls `action` at the end of every tick, before the loop waits for the kernel: the place to
    /// flush what a tick has gathered.
    package func beforeSleep(_ action: @escaping @RequestLoop () -> Void) -> LoopHook {
        LoopHook(id: hooks.add(action))
    }

    package func cancel(_ hook: LoopHook) {
        hooks.remove(hook.id)
    }
}
