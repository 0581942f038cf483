internal import RIGLinux

/// `audit.checkpoints`: checkpoints outside the database, only ever appended to (an operator may
/// hold the kernel to that: `chattr +a`), but for what retention cuts off its beginning. Written
/// under a lock, by one process at a time.
struct AuditCheckpointFile {
    let path: String

    /// Far beyond what a year of one checkpoint a second makes.
    private static let bytesMax = 8 << 30
    private static let cutBytesMin = 64 << 10

    /// All lines that are checkpoints, in their order; none without a file. A line that was cut
    /// short, by a full disk or a kill, is not one: whoever wrote it wrote it again.
    func read() throws(Errno) -> [AuditCheckpoint] {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try File.readWhole(path, sizeBytesMax: Self.bytesMax)
        } catch {
            if error == .noEntry { return [] }
            throw error
        }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap(AuditCheckpoint.init(line:))
    }

    /// The number of the last checkpoint, from the end of the file; nil when there is none.
    func lastNumber() throws(Errno) -> Int64? {
        guard let status = try FileStatus.ifPresent(path) else { return nil }
        let file = try File.open(path, [.readOnly, .noFollow])
        try File.seek(file.fd, to: max(0, status.sizeBytes - 64 << 10))
        let bytes = try Transmit.readAll(file.fd, bytesMax: 1 << 20)
        return bytes.split(separator: UInt8(ascii: "\n")).reversed().lazy
            .compactMap(AuditCheckpoint.init(line:)).first?.number
    }

    /// Cuts the file's older half off once all of it is about rows that were pruned, so that the file
    /// is at most twice as long as what it still has to say. Whoever made it append-only keeps all.
    /// - Parameter number: The first checkpoint that stands for rows that are there.
    func cut(before number: Int64, key: AuditKey) throws(Errno) {
        guard let status = try FileStatus.ifPresent(path, followsLink: false),
            status.sizeBytes >= Self.cutBytesMin
        else { return }
        let file = try File.open(path, [.readOnly, .noFollow])
        let middle = status.sizeBytes / 2
        try File.seek(file.fd, to: middle)
        var room = [UInt8](repeating: 0, count: 4096)
        guard case .bytes(let count) = try Transmit.read(file.fd, into: &room) else { return }
        let lines = room[..<count].split(
            separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, let first = AuditCheckpoint(line: lines[1]),
            first.number < number, first.isSigned(by: key)
        else { return }
        try File.seek(file.fd, to: middle + lines[1].startIndex)
        let rest = try Transmit.readAll(file.fd, bytesMax: Self.bytesMax)
        do throws(Errno) {
            try File.replaceAtomically(path, with: rest)
        } catch {
            if error != .permission { throw error }
        }
    }

    /// Returns when the lines are on the disk.
    func append(_ checkpoints: [AuditCheckpoint]) throws(Errno) {
        let isNew = try FileStatus.ifPresent(path) == nil
        let file = try File.open(path, [.readWrite, .append, .create, .noFollow], mode: 0o600)
        var text = checkpoints.map(\.line).joined()
        // A line cut short ends here.
        if try !AppendedLines.endsWhole(file.fd) { text = "\n" + text }
        try Transmit.writeAll(file.fd, Array(text.utf8))
        try File.sync(file.fd)
        if isNew { try File.syncDirectory(Path.parent(path)) }
    }
}

/// Files that grow by whole lines.
enum AppendedLines {
    /// Whether the file is empty or ends with a line feed.
    static func endsWhole(_ fd: CInt) throws(Errno) -> Bool {
        let size = try FileStatus.of(fd).sizeBytes
        guard size > 0 else { return true }
        try File.seek(fd, to: size - 1)
        var last: [UInt8] = [0]
        guard case .bytes(1) = try Transmit.read(fd, into: &last) else { return false }
        return last[0] == UInt8(ascii: "\n")
    }
}
