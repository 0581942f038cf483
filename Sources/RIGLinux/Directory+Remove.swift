internal import Glibc

/// Removal of a tree that something hostile may still be writing to.
///
/// Every step is relative to an open directory and refuses links, so that no rename or link made
/// meanwhile can lead outside: a symbolic link is removed itself, never what it names.
extension Directory {
    /// Deepest nesting that is followed; each level holds one descriptor.
    package static let removeDepthMax = 256

    /// Removes `path`, be it a file, a link or a tree. A name that is not there is no error.
    ///
    /// Directories that lack permission bits are given them first: a package may ship read-only
    /// ones. Mount points are not crossed knowingly; their removal fails with EBUSY.
    /// - Throws: `Errno.loop` past `removeDepthMax`.
    package static func removeTree(_ path: String) throws(Errno) {
        let parent: Descriptor
        do {
            parent = try File.open(Path.parent(path), [.readOnly, .directory])
        } catch .noEntry {
            return
        }
        try remove(Path.name(path), in: parent.fd, depth: 0)
    }

    /// Removes what a directory holds and keeps the directory.
    package static func removeContents(_ path: String) throws(Errno) {
        let directory = try File.open(path, [.readOnly, .directory, .noFollow])
        try removeContents(of: directory.fd, depth: 0)
    }

    private static func remove(
        _ name: String, in parent: CInt, depth: Int
    ) throws(Errno) {
        if depth > removeDepthMax { throw Errno.loop }
        do {
            _ = try call { unsafe unlinkat(parent, name, 0) }
            return
        } catch {
            if error == .noEntry { return }
            // Linux says EISDIR for a directory, POSIX EPERM.
            if error != .isDirectory && error != .permission { throw error }
        }
        let directory: Descriptor
        do {
            directory = try openDirectory(name, in: parent)
        } catch {
            if error == .noEntry { return }
            throw error
        }
        try removeContents(of: directory.fd, depth: depth)
        do {
            _ = try call { unsafe unlinkat(parent, name, AT_REMOVEDIR) }
        } catch .noEntry {
            return
        }
    }

    private static func removeContents(of directory: CInt, depth: Int) throws(Errno) {
        let listing = try File.open(".", [.readOnly, .directory], at: directory)
        for name in try names(of: listing) {
            try remove(name, in: directory, depth: depth + 1)
        }
    }

    /// Opens a directory that is no link, with full rights for its owner.
    private static func openDirectory(_ name: String, in parent: CInt) throws(Errno) -> Descriptor {
        let flags: File.Flags = [.readOnly, .directory, .noFollow]
        do {
            let directory = try File.open(name, flags, at: parent)
            let status = try FileStatus.of(directory.fd)
            if status.mode & 0o700 != 0o700 {
                _ = try call { fchmod(directory.fd, 0o700) }
            }
            return directory
        } catch .access {
            // Not readable: O_PATH needs no permission on the directory itself and, with
            // O_NOFOLLOW, pins it against an exchange while its mode is set through /proc.
            let pinned = try File.open(
                name, [.directory, .noFollow, File.Flags(rawValue: 0o10000000)], at: parent)
            try File.setMode("/proc/self/fd/\(pinned.fd)", 0o700)
            return try File.open(name, flags, at: parent)
        }
    }
}
