internal import Glibc

/// Two connected Unix sockets that keep packets apart and end when the other side is gone. What
/// crosses is bytes only: no call here passes or takes descriptors.
package enum SocketPair {
    /// Both ends close-on-exec.
    package static func make() throws(Errno) -> Pair {
        var fds: [2 of CInt] = [-1, -1]
        var span = fds.mutableSpan
        let kind = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        _ = try call {
            unsafe span.withUnsafeMutableBufferPointer {
                unsafe Glibc.socketpair(AF_UNIX, kind, 0, $0.baseAddress)
            }
        }
        return Pair(Descriptor(owning: fds[0]), Descriptor(owning: fds[1]))
    }

    package struct Pair: ~Copyable, Sendable {
        private var near: Descriptor?
        private var far: Descriptor?

        fileprivate init(_ near: consuming Descriptor, _ far: consuming Descriptor) {
            self.near = consume near
            self.far = consume far
        }

        /// The number of the far end, for a child; -1 once it was closed.
        package var farFd: CInt {
            switch far {
            case .some(let descriptor): descriptor.fd
            case .none: -1
            }
        }

        package mutating func closeFar() { far = nil }

        package mutating func takeNear() -> Descriptor {
            switch near.take() {
            case .some(let descriptor): return descriptor
            case .none: preconditionFailure("the near end was taken")
            }
        }
    }

    /// Sends one packet. No signal is raised when the other end is gone.
    /// - Throws: `Errno.brokenPipe` when it is.
    package static func send(_ fd: CInt, _ packet: [UInt8]) throws(Errno) {
        let flags = CInt(MSG_NOSIGNAL)
        _ = try call {
            unsafe packet.withUnsafeBytes {
                unsafe Glibc.send(fd, $0.baseAddress, $0.count, flags)
            }
        }
    }
}
