internal import CLinux
internal import Glibc

/// A child of this process, held by a pidfd: a signal can only reach this child, never a stranger
/// that got its number later.
///
/// Dropping the value neither ends nor reaps the child. Wait for it, once.
package struct ChildProcess: ~Copyable, Sendable {
    package let pid: Int32
    /// Readable when the child has ended.
    package let pidfd: Descriptor

    /// Adopts a child that other means started and nobody has waited for.
    package init(adopting pid: Int32) throws(Errno) {
        self.pid = pid
        pidfd = Descriptor(owning: try call { rig_pidfd_open(pid) })
    }

    /// No error when the child has ended already.
    package func signal(_ signal: Signal) throws(Errno) {
        try Self.signal(pidfd.fd, signal)
    }

    /// As above, for a pidfd kept elsewhere.
    package static func signal(_ pidfd: CInt, _ signal: Signal) throws(Errno) {
        do {
            _ = try call { rig_pidfd_signal(pidfd, signal.number) }
        } catch .noProcess {
            return
        }
    }

    /// Reaps the child if it has ended; nil while it runs.
    package static func reap(_ pidfd: CInt) throws(Errno) -> ExitStatus? {
        var exit = rig_exit()
        _ = try call { unsafe rig_wait_pidfd(pidfd, 0, &exit) }
        return exit.pid == 0 ? nil : ExitStatus(exit)
    }

    package func reap() throws(Errno) -> ExitStatus? {
        try Self.reap(pidfd.fd)
    }

    /// Waits for the end off the loop; nil when the time ran out.
    package func wait(timeoutMilliseconds: Int? = nil) throws(Errno) -> ExitStatus? {
        guard
            try Poll.wait(pidfd.fd, for: .read, timeoutMilliseconds: timeoutMilliseconds)
        else { return nil }
        return try reap()
    }
}
