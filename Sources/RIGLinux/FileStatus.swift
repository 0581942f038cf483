internal import Glibc

/// What the kernel knows of a file.
package struct FileStatus: Sendable {
    package enum Kind: Sendable {
        case file, directory, symbolicLink, socket, pipe, other
    }

    package let kind: Kind
    /// Permission bits, with set-user-id, set-group-id and sticky.
    package let mode: UInt32
    package let sizeBytes: Int
    package let userID: UInt32
    package let groupID: UInt32
    package let device: UInt64
    package let inode: UInt64
    package let links: Int
    /// Nanoseconds since the epoch of `WallClock`.
    package let modifiedNanoseconds: Int64

    private init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFSOCK: .socket
            case S_IFIFO: .pipe
            default: .other
            }
        mode = raw.st_mode & 0o7777
        sizeBytes = raw.st_size
        userID = raw.st_uid
        groupID = raw.st_gid
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        links = Int(raw.st_nlink)
        modifiedNanoseconds =
            Int64(raw.st_mtim.tv_sec) * 1_000_000_000 + Int64(raw.st_mtim.tv_nsec)
    }

    /// Of a name; a link as the last component is followed unless `followsLink` is false.
    package static func of(
        _ path: String, followsLink: Bool = true, at directory: CInt? = nil
    ) throws(Errno) -> FileStatus {
        try requireWhole(path)
        var raw = stat()
        let flags = followsLink ? 0 : AT_SYMLINK_NOFOLLOW
        _ = try call { unsafe Glibc.fstatat(directory ?? AT_FDCWD, path, &raw, flags) }
        return FileStatus(raw)
    }

    /// Of an open file.
    package static func of(_ fd: CInt) throws(Errno) -> FileStatus {
        var raw = stat()
        _ = try call { unsafe Glibc.fstat(fd, &raw) }
        return FileStatus(raw)
    }

    /// nil when there is no such name; other refusals are thrown.
    package static func ifPresent(
        _ path: String, followsLink: Bool = true
    ) throws(Errno) -> FileStatus? {
        do {
            return try of(path, followsLink: followsLink)
        } catch {
            if error == .noEntry || error == .notDirectory { return nil }
            throw error
        }
    }
}
