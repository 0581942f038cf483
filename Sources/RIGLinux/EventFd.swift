internal import CLinux

/// A counter that one thread adds to and another waits for; wakes loops and threads.
package struct EventFd: ~Copyable, Sendable {
    private let descriptor: Descriptor

    package init() throws(Errno) {
        descriptor = Descriptor(owning: try call { rig_eventfd() })
    }

    /// For `Epoll.add` and `Poll.wait`.
    package var fd: CInt { descriptor.fd }

    /// Makes the descriptor readable. Never blocks: a full counter is readable already.
    package func signal() throws(Errno) {
        var one: UInt64 = 1
        let result = unsafe withUnsafeBytes(of: &one) { region in
            Result { () throws(Errno) in try unsafe Transmit.write(descriptor.fd, region) }
        }
        _ = try result.get()
    }

    /// Takes all signals that were given; false when there was none.
    package func drain() throws(Errno) -> Bool {
        var count: UInt64 = 0
        let result = unsafe withUnsafeMutableBytes(of: &count) { region in
            Result { () throws(Errno) in try unsafe Transmit.read(descriptor.fd, into: region) }
        }
        return try result.get() != .wouldBlock
    }

    /// Waits for a signal off the loop and takes it.
    /// - Returns: false when the time ran out.
    package func wait(timeoutMilliseconds: Int?) throws(Errno) -> Bool {
        guard try Poll.wait(fd, for: .read, timeoutMilliseconds: timeoutMilliseconds) else {
            return false
        }
        return try drain()
    }
}
