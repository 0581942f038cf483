internal import CLinux
internal import Glibc

/// Removal of a tree that something hostile may still be writing to.
///
/// Every step is relative to an open directory and refuses links, so that no rename or link made
/// meanwhile can lead outside: a symbolic link is removed itself, never what it names. Names are
/// bytes, since a hostile name need not be UTF-8. Any depth can be removed.
extension Directory {
    /// Levels that are held open at a time, one descriptor each. What lies deeper is first moved up
    /// to the top of the tree that is being removed.
    private static let depthMax = 64

    /// Removes `path`, be it a file, a link or a tree. A name that is not there is no error.
    ///
    /// Directories that lack permission bits are given them first: a package may ship read-only
    /// ones. Mount points are not crossed knowingly; their removal fails with EBUSY.
    package static func removeTree(_ path: String) throws(Errno) {
        let parent: Descriptor
        do {
            parent = try File.open(Path.parent(path), [.readOnly, .directory])
        } catch .noEntry {
            return
        }
        try requireWhole(path)
        let name = Path.name(path).utf8.map { CChar(bitPattern: $0) } + [0]
        guard let directory = try removeOrOpen(name, in: parent.fd) else { return }
        try empty(directory.fd)
        try removeEmptied(name, in: parent.fd)
    }

    /// Removes what a directory holds and keeps the directory.
    package static func removeContents(_ path: String) throws(Errno) {
        let directory = try File.open(path, [.readOnly, .directory, .noFollow])
        try empty(directory.fd)
    }

    /// Goes over it again as long as something was moved up into it.
    private static func empty(_ top: CInt) throws(Errno) {
        while try removeContents(of: top, top: top, depth: 0) {}
    }

    /// - Returns: whether something was moved to `top`, where it is still to be removed.
    private static func removeContents(
        of directory: CInt, top: CInt, depth: Int
    ) throws(Errno) -> Bool {
        let listing = try File.open(".", [.readOnly, .directory], at: directory)
        var hasMoved = false
        for name in try entries(of: listing) {
            guard let child = try removeOrOpen(name, in: directory) else { continue }
            if depth == depthMax {
                try moveUp(name, in: directory, to: top)
                hasMoved = true
            } else {
                if try removeContents(of: child.fd, top: top, depth: depth + 1) { hasMoved = true }
                try removeEmptied(name, in: directory)
            }
        }
        return hasMoved
    }

    /// Removes what is no directory; opens what is one. nil: it is gone.
    private static func removeOrOpen(
        _ name: [CChar], in parent: CInt
    ) throws(Errno) -> Descriptor? {
        do throws(Errno) {
            _ = try call { unsafe unlinkat(parent, name, 0) }
            return nil
        } catch {
            if error == .noEntry { return nil }
            // Linux says EISDIR for a directory, POSIX EPERM.
            if error != .isDirectory && error != .permission { throw error }
        }
        do {
            return try openDirectory(name, in: parent)
        } catch .noEntry {
            return nil
        }
    }

    private static func removeEmptied(_ name: [CChar], in parent: CInt) throws(Errno) {
        do {
            _ = try call { unsafe unlinkat(parent, name, AT_REMOVEDIR) }
        } catch .noEntry {
            return
        }
    }

    private static func moveUp(_ name: [CChar], in parent: CInt, to top: CInt) throws(Errno) {
        do {
            _ = try call { unsafe renameat(parent, name, top, Random.name()) }
        } catch .noEntry {
            return
        }
    }

    /// Opens a directory that is no link, with full rights for its owner.
    private static func openDirectory(
        _ name: [CChar], in parent: CInt
    ) throws(Errno) -> Descriptor {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        do {
            let directory = try open(name, flags, in: parent)
            let status = try FileStatus.of(directory.fd)
            if status.mode & 0o700 != 0o700 {
                _ = try call { fchmod(directory.fd, 0o700) }
            }
            return directory
        } catch .access {
            // Not readable: O_PATH needs no permission on the directory itself and, with
            // O_NOFOLLOW, pins it against an exchange while its mode is set through /proc.
            let pinned = try open(name, O_DIRECTORY | O_NOFOLLOW | 0o10000000, in: parent)
            try File.setMode("/proc/self/fd/\(pinned.fd)", 0o700)
            return try open(name, flags, in: parent)
        }
    }

    private static func open(
        _ name: [CChar], _ flags: CInt, in parent: CInt
    ) throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe rig_open_at(parent, name, flags, 0) })
    }
}
