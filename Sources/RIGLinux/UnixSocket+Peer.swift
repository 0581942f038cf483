internal import Glibc

extension UnixSocket {
    /// The user who connected a Unix socket or made it listen (SO_PEERCRED), as it was then.
    package static func peerUserID(_ fd: CInt) throws(Errno) -> UInt32 {
        // struct ucred, which the C library shows to GNU sources only: pid, uid, gid.
        var credentials: [3 of UInt32] = [0, 0, 0]
        var size = socklen_t(MemoryLayout<[3 of UInt32]>.size)
        _ = try call {
            unsafe withUnsafeMutablePointer(to: &credentials) {
                unsafe getsockopt(fd, SOL_SOCKET, SO_PEERCRED, $0, &size)
            }
        }
        return credentials[1]
    }
}
