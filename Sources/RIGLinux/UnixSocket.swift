internal import CLinux
internal import Glibc

/// Stream sockets with a path as their name; close-on-exec and non-blocking at birth.
package enum UnixSocket {
    /// Bytes a path may have: the kernel's field less the zero byte.
    package static let pathBytesMax = 107

    /// Two connected sockets.
    package static func pair(nonBlocking: Bool = true) throws(Errno) -> Pair {
        var fds: [2 of CInt] = [-1, -1]
        var span = fds.mutableSpan
        let type = streamType | (nonBlocking ? nonBlockingFlag : 0)
        _ = try call {
            unsafe span.withUnsafeMutableBufferPointer {
                unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress)
            }
        }
        return Pair(Descriptor(owning: fds[0]), Descriptor(owning: fds[1]))
    }

    /// Two ends that are taken one by one; what is left closes with the value.
    package struct Pair: ~Copyable, Sendable {
        private var one: Descriptor?
        private var other: Descriptor?

        fileprivate init(_ one: consuming Descriptor, _ other: consuming Descriptor) {
            self.one = consume one
            self.other = consume other
        }

        package mutating func takeOne() -> Descriptor { Self.taken(&one) }
        package mutating func takeOther() -> Descriptor { Self.taken(&other) }

        private static func taken(_ end: inout Descriptor?) -> Descriptor {
            switch end.take() {
            case .some(let descriptor): return descriptor
            case .none: preconditionFailure("this end was taken")
            }
        }
    }

    /// Binds `path` with exactly `mode` and listens. A stale socket must have been removed before.
    /// The mode holds from the first moment on, since the socket is bound under another name in
    /// the same directory and moved into place.
    /// - Throws: `Errno.addressInUse` when the name is taken, `Errno.nameTooLong`.
    package static func listen(
        _ path: String, mode: UInt32 = 0o600, backlog: Int = 128
    ) throws(Errno) -> Descriptor {
        let socket = try make()
        let temporary = Path.join(Path.parent(path), ".\(Random.name())")
        try unsafe withAddress(temporary) { address, size in
            unsafe Glibc.bind(socket.fd, address, size)
        }
        do throws(Errno) {
            try File.setMode(temporary, mode)
            _ = try call { Glibc.listen(socket.fd, CInt(clamping: backlog)) }
            try File.renameExclusively(temporary, to: path)
        } catch {
            // The first refusal is the one to report.
            _ = Result { () throws(Errno) in try File.remove(temporary) }
            throw error == .exists ? .addressInUse : error
        }
        return socket
    }

    /// Connects; a Unix socket answers at once, so this blocks for no time that matters.
    /// - Throws: `Errno.noEntry`, `Errno.connectionRefused`, `Errno.again` for a full backlog.
    package static func connect(_ path: String) throws(Errno) -> Descriptor {
        let socket = try make()
        try unsafe withAddress(path) { address, size in
            unsafe Glibc.connect(socket.fd, address, size)
        }
        return socket
    }

    /// A datagram socket that sends to `path`; each write is one message.
    /// - Throws: `Errno.noEntry`, `Errno.connectionRefused`, `Errno.access`. A write may throw
    ///   these too, and `Errno.messageTooLarge`.
    package static func connectDatagram(_ path: String) throws(Errno) -> Descriptor {
        let type =
            CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
            | CInt(SOCK_NONBLOCK.rawValue)
        let socket = Descriptor(owning: try call { Glibc.socket(AF_UNIX, type, 0) })
        try unsafe withAddress(path) { address, size in
            unsafe Glibc.connect(socket.fd, address, size)
        }
        return socket
    }

    /// The next waiting connection, non-blocking; nil when there is none. Serves TCP as well.
    package static func accept(_ fd: CInt) throws(Errno) -> Descriptor? {
        do {
            return try callUnlessBlocking { rig_accept(fd) }.map { Descriptor(owning: $0) }
        } catch {
            // The peer gave up while it waited: as if it had never been there.
            if error.code == ECONNABORTED { return nil }
            throw error
        }
    }

    /// Ends sending, so that the peer reads an end; receiving goes on.
    package static func finishSending(_ fd: CInt) throws(Errno) {
        _ = try call { Glibc.shutdown(fd, CInt(SHUT_WR)) }
    }

    /// Ends both directions for everybody who holds the socket: both sides read an end.
    package static func shutDown(_ fd: CInt) throws(Errno) {
        _ = try call { Glibc.shutdown(fd, CInt(SHUT_RDWR)) }
    }

    static let streamType = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    static let nonBlockingFlag = CInt(SOCK_NONBLOCK.rawValue)

    private static func make() throws(Errno) -> Descriptor {
        Descriptor(
            owning: try call { Glibc.socket(AF_UNIX, streamType | nonBlockingFlag, 0) })
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(Errno) {
        try requireWhole(path)
        let bytes = Array(path.utf8)
        if bytes.count > pathBytesMax { throw Errno.nameTooLong }
        if bytes.isEmpty { throw Errno.invalid }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the path and a zero byte fit, by the check above; the rest is zero already.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = try call {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, size)
                }
            }
        }
    }
}
