internal import Glibc

/// Waiting for one descriptor off the loop.
package enum Poll {
    package enum Interest: Sendable {
        case read
        case write
    }

    /// Waits until `fd` is ready, hung up or failed. Without a timeout it waits for ever.
    /// - Returns: false when the time ran out.
    package static func wait(
        _ fd: CInt, for interest: Interest, timeoutMilliseconds: Int?
    ) throws(Errno) -> Bool {
        let deadline = timeoutMilliseconds.map {
            MonotonicClock.nowNanoseconds() + UInt64(max(0, $0)) * 1_000_000
        }
        let events = Int16(interest == .read ? POLLIN : POLLOUT)
        while true {
            var entry = pollfd(fd: fd, events: events, revents: 0)
            let count = unsafe Glibc.poll(&entry, 1, Self.remainingMilliseconds(deadline))
            if count > 0 { return true }
            let code = errno
            if count < 0 && code != EINTR { throw Errno(code: code) }
            if let deadline, MonotonicClock.nowNanoseconds() >= deadline { return false }
        }
    }

    /// Rounded up, so that a wait never spins through its last millisecond; -1 for no deadline.
    static func remainingMilliseconds(_ deadline: UInt64?) -> CInt {
        guard let deadline else { return -1 }
        let now = MonotonicClock.nowNanoseconds()
        if now >= deadline { return 0 }
        return CInt(clamping: (deadline - now + 999_999) / 1_000_000)
    }
}
