internal import Glibc

/// What the file system of a path has left.
package struct DiskRoom: Equatable, Sendable {
    /// For this user, without what is kept back for root.
    package let freeBytes: UInt64
    package let freeFiles: UInt64
    /// Programs on it cannot be started nor mapped executable.
    package let isNoExec: Bool

    package static func of(_ path: String) throws(Errno) -> DiskRoom {
        try requireWhole(path)
        var raw = statvfs()
        _ = try call { unsafe statvfs(path, &raw) }
        return DiskRoom(
            freeBytes: UInt64(raw.f_bavail) * UInt64(raw.f_frsize), freeFiles: UInt64(raw.f_favail),
            isNoExec: raw.f_flag & 8 != 0)
    }
}
