internal import Glibc

/// TCP for numeric addresses only: looking up names is no business of a thread that must not block
/// (`NameLookup`). Close-on-exec and non-blocking.
package enum TCPSocket {
    /// Listens on `host` (dotted decimal); port 0 lets the kernel choose.
    /// - Throws: `Errno.invalid` for what is no address, `Errno.addressInUse`.
    package static func listen(
        host: String, port: UInt16, backlog: Int = 128
    ) throws(Errno) -> Descriptor {
        let socket = try make()
        try set(socket.fd, SOL_SOCKET, SO_REUSEADDR)
        try unsafe withAddress(host, port) { unsafe Glibc.bind(socket.fd, $0, $1) }
        _ = try call { Glibc.listen(socket.fd, CInt(clamping: backlog)) }
        return socket
    }

    /// Starts connecting; the socket is writable when it is done, and `error(of:)` says how.
    package static func connect(host: String, port: UInt16) throws(Errno) -> Descriptor {
        let socket = try make()
        do {
            try unsafe withAddress(host, port) { unsafe Glibc.connect(socket.fd, $0, $1) }
        } catch .inProgress {
            return socket
        }
        return socket
    }

    /// As above, to an address of either family.
    package static func connect(to address: IPAddress, port: UInt16) throws(Errno) -> Descriptor {
        let socket = try make(address.isIPv4 ? AF_INET : AF_INET6)
        do throws(Errno) {
            if let number = address.ipv4 {
                var four = sockaddr_in()
                four.sin_family = sa_family_t(AF_INET)
                four.sin_port = port.bigEndian
                four.sin_addr.s_addr = number.bigEndian
                try connect(socket.fd, &four)
            } else {
                var six = sockaddr_in6()
                six.sin6_family = sa_family_t(AF_INET6)
                six.sin6_port = port.bigEndian
                six.sin6_addr = address.ipv6Address
                try connect(socket.fd, &six)
            }
        } catch .inProgress {
            return socket
        }
        return socket
    }

    private static func connect<Address>(
        _ fd: CInt, _ address: inout Address
    ) throws(Errno) {
        let size = socklen_t(MemoryLayout<Address>.size)
        // Once: a connect that a signal interrupted goes on by itself.
        _ = try callOnce {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(fd, $0, size)
                }
            }
        }
    }

    /// How long a blocking read or write may wait for the peer; both ways.
    package static func setTimeout(_ fd: CInt, milliseconds: Int) throws(Errno) {
        var time = timeval(
            tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = try call { unsafe setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, size) }
        _ = try call { unsafe setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, size) }
    }

    /// Ends both directions, whoever else holds the socket: reads and writes that wait return.
    package static func shutDown(_ fd: CInt) throws(Errno) {
        _ = try call { Glibc.shutdown(fd, CInt(SHUT_RDWR)) }
    }

    /// The pending error of a socket; nil when it is well.
    package static func error(of fd: CInt) throws(Errno) -> Errno? {
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        _ = try call { unsafe getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) }
        return code == 0 ? nil : Errno(code: code)
    }

    /// The port a socket is bound to.
    package static func localPort(_ fd: CInt) throws(Errno) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = try call {
            unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(fd, $0, &size)
                }
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Small writes leave at once (TCP_NODELAY): for accepted connections.
    package static func sendAtOnce(_ fd: CInt) throws(Errno) {
        try set(fd, CInt(IPPROTO_TCP), TCP_NODELAY)
    }

    private static func make(_ family: CInt = AF_INET) throws(Errno) -> Descriptor {
        let type = UnixSocket.streamType | UnixSocket.nonBlockingFlag
        return Descriptor(owning: try call { Glibc.socket(family, type, 0) })
    }

    private static func set(_ fd: CInt, _ level: CInt, _ option: CInt) throws(Errno) {
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = try call { unsafe setsockopt(fd, level, option, &on, size) }
    }

    private static func withAddress(
        _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(Errno) {
        try requireWhole(host)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let isAddress = unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1
        if !isAddress { throw Errno.invalid }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Once: a connect that a signal interrupted goes on by itself.
        _ = try callOnce {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, size)
                }
            }
        }
    }
}
