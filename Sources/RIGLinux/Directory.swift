internal import Glibc

/// Directories and trees of them.
package enum Directory {
    /// The names in a directory, without "." and "..", sorted by bytes.
    package static func names(_ path: String) throws(Errno) -> [String] {
        try names(of: File.open(path, [.readOnly, .directory]))
    }

    static func names(of directory: consuming Descriptor) throws(Errno) -> [String] {
        let names = try entries(of: directory).map { entry in
            String(decoding: entry.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The names as the kernel has them, each with its zero at the end: they need not be UTF-8, and
    /// as a `String` such a one would name something else.
    static func entries(of directory: consuming Descriptor) throws(Errno) -> [[CChar]] {
        // SAFETY: on success the stream owns the descriptor and closedir closes it; on failure
        // `directory` still does.
        guard let stream = unsafe fdopendir(directory.fd) else { throw Errno(code: errno) }
        _ = directory.release()
        defer { unsafe closedir(stream) }
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        var entries: [[CChar]] = []
        while true {
            errno = 0
            // SAFETY: the entry is valid until the next readdir on this stream, which only this
            // function uses; its name is zero-terminated.
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name != [dot, 0] && name != [dot, dot, 0] { entries.append(name) }
        }
        let code = errno
        if code != 0 { throw Errno(code: code) }
        return entries
    }

    /// Makes a directory and those above it; what is there already stays as it is.
    /// - Parameter mode: Permission bits of each directory this call makes, before the umask.
    /// - Throws: `Errno.notDirectory` when a component is something else.
    package static func makeAll(_ path: String, mode: UInt32 = 0o700) throws(Errno) {
        do {
            try File.makeDirectory(path, mode: mode)
        } catch .exists {
            let status = try FileStatus.of(path)
            if status.kind != .directory { throw Errno.notDirectory }
        } catch .noEntry {
            let parent = Path.parent(path)
            if parent == path || Path.name(path).isEmpty { throw Errno.noEntry }
            try makeAll(parent, mode: mode)
            // Another process may have been faster; only "it is there" counts.
            do {
                try File.makeDirectory(path, mode: mode)
            } catch .exists {
                let status = try FileStatus.of(path)
                if status.kind != .directory { throw Errno.notDirectory }
            }
        }
    }

    /// Makes a new private directory below `parent`, named `prefix` and a random part.
    package static func makeTemporary(in parent: String, prefix: String) throws(Errno) -> String {
        let path = Path.join(parent, prefix + Random.name())
        try File.makeDirectory(path, mode: 0o700)
        return path
    }
}
