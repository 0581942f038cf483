/// Whole files at once.
extension File {
    /// Reads a file to its end.
    /// - Throws: `Errno.fileTooLarge` when it has more than `sizeBytesMax`.
    package static func readWhole(_ path: String, sizeBytesMax: Int) throws(Errno) -> [UInt8] {
        let file = try open(path)
        let status = try FileStatus.of(file.fd)
        if status.kind == .directory { throw Errno.isDirectory }
        if status.sizeBytes > sizeBytesMax { throw Errno.fileTooLarge }
        return try Transmit.readAll(file.fd, bytesMax: sizeBytesMax)
    }

    /// Puts `bytes` at `path` so that a reader, and a machine that lost power, sees either the old
    /// file or the new one: a temporary file beside it is written, synced and renamed, and the
    /// directory is synced.
    /// - Parameter mode: The new file's exact permission bits, whatever the umask.
    package static func replaceAtomically(
        _ path: String, with bytes: [UInt8], mode: UInt32 = 0o600
    ) throws(Errno) {
        let directory = Path.parent(path)
        let temporary = Path.join(directory, ".\(Path.name(path)).\(Random.name())")
        let file = try open(temporary, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
        do throws(Errno) {
            try Transmit.writeAll(file.fd, bytes)
            try setMode(openFile: file.fd, mode)
            try sync(file.fd)
            try rename(temporary, to: path)
        } catch {
            // The first refusal is the one to report; a leftover is named so that it shows itself.
            _ = Result { () throws(Errno) in try remove(temporary) }
            throw error
        }
        try syncDirectory(directory)
    }
}
