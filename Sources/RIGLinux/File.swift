internal import CLinux
internal import Glibc

/// Single calls on named files. Paths with a zero byte are refused with `Errno.invalid`.
package enum File {
    /// How a file is opened; close-on-exec always.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: CInt

        package init(rawValue: CInt) {
            self.rawValue = rawValue
        }

        package static let readOnly = Flags(rawValue: O_RDONLY)
        package static let writeOnly = Flags(rawValue: O_WRONLY)
        package static let readWrite = Flags(rawValue: O_RDWR)
        package static let append = Flags(rawValue: O_APPEND)
        package static let create = Flags(rawValue: O_CREAT)
        package static let exclusive = Flags(rawValue: O_EXCL)
        package static let truncate = Flags(rawValue: O_TRUNC)
        package static let directory = Flags(rawValue: O_DIRECTORY)
        /// Refuses a symbolic link as the last component, with `Errno.loop`.
        package static let noFollow = Flags(rawValue: O_NOFOLLOW)
        package static let nonBlocking = Flags(rawValue: O_NONBLOCK)
    }

    /// - Parameters:
    ///   - directory: Where a relative path starts; nil for the working directory.
    ///   - mode: Permission bits for a file this call creates, before the umask.
    package static func open(
        _ path: String, _ flags: Flags = .readOnly, mode: UInt32 = 0o600, at directory: CInt? = nil
    ) throws(Errno) -> Descriptor {
        try requireWhole(path)
        return Descriptor(
            owning: try call {
                unsafe rig_open_at(directory ?? AT_FDCWD, path, flags.rawValue, mode)
            })
    }

    /// Makes one directory.
    package static func makeDirectory(_ path: String, mode: UInt32 = 0o700) throws(Errno) {
        try requireWhole(path)
        _ = try call { unsafe Glibc.mkdir(path, mode) }
    }

    /// Renames; an existing target is replaced in one step.
    package static func rename(_ from: String, to target: String) throws(Errno) {
        try requireWhole(from)
        try requireWhole(target)
        _ = try call { unsafe Glibc.rename(from, target) }
    }

    /// Renames unless the target is there.
    /// - Throws: `Errno.exists` when it is.
    package static func renameExclusively(_ from: String, to target: String) throws(Errno) {
        try requireWhole(from)
        try requireWhole(target)
        _ = try call { unsafe rig_rename_exclusive(from, target) }
    }

    /// Swaps what two names stand for, in one step.
    package static func exchange(_ one: String, _ other: String) throws(Errno) {
        try requireWhole(one)
        try requireWhole(other)
        _ = try call { unsafe rig_rename_exchange(one, other) }
    }

    /// Removes a name that is no directory.
    package static func remove(_ path: String) throws(Errno) {
        try requireWhole(path)
        _ = try call { unsafe Glibc.unlink(path) }
    }

    /// Removes an empty directory.
    package static func removeDirectory(_ path: String) throws(Errno) {
        try requireWhole(path)
        _ = try call { unsafe Glibc.rmdir(path) }
    }

    /// Makes `path` a symbolic link that says `target`.
    package static func link(_ path: String, to target: String) throws(Errno) {
        try requireWhole(path)
        try requireWhole(target)
        _ = try call { unsafe Glibc.symlink(target, path) }
    }

    /// What a symbolic link says.
    package static func readLink(_ path: String) throws(Errno) -> String {
        try requireWhole(path)
        var room = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = try call { unsafe Glibc.readlink(path, &room, room.count) }
        if count == room.count { throw Errno.nameTooLong }
        return String(decoding: room[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The absolute path without links, `.` and `..`; every component must exist.
    package static func realPath(_ path: String) throws(Errno) -> String {
        try requireWhole(path)
        // SAFETY: a non-null result is a zero-terminated block that this function frees.
        guard let resolved = unsafe Glibc.realpath(path, nil) else { throw Errno(code: errno) }
        defer { unsafe Glibc.free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Whether this process may use `path` so; true only says "now".
    package static func isExecutable(_ path: String) -> Bool {
        if path.utf8.contains(0) { return false }
        return unsafe Glibc.access(path, X_OK) == 0
    }

    /// Sets permission bits; follows links.
    package static func setMode(_ path: String, _ mode: UInt32) throws(Errno) {
        try requireWhole(path)
        _ = try call { unsafe Glibc.chmod(path, mode) }
    }

    /// Sets permission bits, the umask notwithstanding.
    package static func setMode(openFile fd: CInt, _ mode: UInt32) throws(Errno) {
        _ = try call { Glibc.fchmod(fd, mode) }
    }

    /// Content and metadata reach the disk.
    package static func sync(_ fd: CInt) throws(Errno) {
        _ = try call { Glibc.fsync(fd) }
    }

    /// The names in a directory reach the disk: needed after a create, rename or unlink in it.
    package static func syncDirectory(_ path: String) throws(Errno) {
        let directory = try open(path, [.readOnly, .directory])
        try sync(directory.fd)
    }

    /// Cuts or extends the file to `bytes`.
    package static func truncate(_ fd: CInt, toBytes bytes: Int) throws(Errno) {
        _ = try call { Glibc.ftruncate(fd, bytes) }
    }

    /// Moves the file's position to `offset` from the start.
    package static func seek(_ fd: CInt, to offset: Int) throws(Errno) {
        _ = try call { Glibc.lseek(fd, offset, SEEK_SET) }
    }
}
