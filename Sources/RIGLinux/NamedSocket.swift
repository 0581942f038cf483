internal import Glibc

/// Unix sockets that receive datagrams, and those without a file; close-on-exec and non-blocking.
package enum NamedSocket {
    /// Receives what anybody who may write to `path` sends there.
    package static func receive(at path: String) throws(Errno) -> Descriptor {
        try bound(CInt(SOCK_DGRAM.rawValue), Array(path.utf8))
    }

    /// Listens on a name of the abstract namespace, which belongs to the network namespace.
    package static func listenAbstract(_ name: String) throws(Errno) -> Descriptor {
        let socket = try bound(UnixSocket.streamType, [0] + Array(name.utf8))
        _ = try call { Glibc.listen(socket.fd, 16) }
        return socket
    }

    private static func bound(_ type: CInt, _ name: [UInt8]) throws(Errno) -> Descriptor {
        guard name.count <= UnixSocket.pathBytesMax else { throw Errno.nameTooLong }
        let socket = Descriptor(
            owning: try call {
                Glibc.socket(
                    AF_UNIX, type | CInt(SOCK_CLOEXEC.rawValue) | UnixSocket.nonBlockingFlag, 0)
            })
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the name is at most one byte shorter than the field (checked above).
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        // An abstract name has no end but the size; a path ends with its zero byte.
        let used = MemoryLayout<sa_family_t>.size + name.count + (name.first == 0 ? 0 : 1)
        _ = try call {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.bind(socket.fd, $0, socklen_t(used))
                }
            }
        }
        return socket
    }
}
