internal import CLinux
internal import Glibc

/// An open file description that is closed exactly once, at the end of its owner's scope.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, for calls and for epoll; valid while the descriptor lives.
    package let fd: CInt

    /// Takes over `fd`: nobody else may close it.
    package init(owning fd: CInt) {
        precondition(fd >= 0, "a descriptor is not negative")
        self.fd = fd
    }

    deinit {
        // The result is of no use: Linux frees the number even where close reports an error.
        _ = Glibc.close(fd)
    }

    /// Gives the number away without closing it.
    package consuming func release() -> CInt {
        let number = fd
        discard self
        return number
    }

    /// A second, close-on-exec number for the same open file, at `lowest` or above.
    package func duplicate(lowest: CInt = 3) throws(Errno) -> Descriptor {
        Descriptor(owning: try call { rig_duplicate(fd, lowest) })
    }

    /// O_NONBLOCK belongs to the open file: every process that shares it sees the change.
    package func setNonBlocking(_ on: Bool = true) throws(Errno) {
        _ = try call { rig_set_nonblocking(fd, on ? 1 : 0) }
    }

    /// For a descriptor that was inherited, or that an exec without `ChildProcess` passes on.
    package func setCloseOnExec(_ on: Bool) throws(Errno) {
        _ = try call { rig_set_close_on_exec(fd, on ? 1 : 0) }
    }

    /// Bytes that a read would return at once (pipes and sockets).
    package func bytesWaiting() throws(Errno) -> Int {
        Int(try call { rig_bytes_waiting(fd) })
    }
}
