internal import RIGBytes
internal import RIGLinux
internal import RIGModel

/// Where a sink's rows go. Used by one thread, which may wait.
protocol AuditOutlet: AnyObject {
    /// Returns when the rows are as safe as they can be made there. When it throws, all of them are
    /// delivered again.
    func deliver(_ records: [AuditRecord]) throws(Errno)
}

/// Appends rows to a file, one a line. Whoever rotates the file may rename or remove it at any time:
/// the next rows go to a new one of the old name.
final class AuditLineFile: AuditOutlet {
    private let path: String
    private let file: Descriptor
    private let status: FileStatus
    private var isWhole: Bool

    private init(_ path: String, _ file: consuming Descriptor) throws(Errno) {
        self.path = path
        status = try FileStatus.of(file.fd)
        guard status.kind == .file else { throw Errno.notSupported }
        isWhole = try AppendedLines.endsWhole(file.fd)
        self.file = file
    }

    convenience init(_ path: String) throws(Errno) {
        // Not blocking, should somebody have put a pipe there.
        let file = try File.open(
            path, [.readWrite, .append, .create, .nonBlocking], mode: 0o600)
        try self.init(path, file)
    }

    /// Whether the name still stands for the open file.
    var isCurrent: Bool {
        get throws(Errno) {
            guard let now = try FileStatus.ifPresent(path) else { return false }
            return now.inode == status.inode && now.device == status.device
        }
    }

    func deliver(_ records: [AuditRecord]) throws(Errno) {
        let lines = ByteBuffer(capacity: 1024 * records.count)
        // A line that a full disk cut short ends here; its row follows whole.
        if !isWhole { lines.append(UInt8(ascii: "\n")) }
        for record in records {
            record.appendJSON(to: lines)
            lines.append(UInt8(ascii: "\n"))
        }
        isWhole = false
        try Transmit.writeAll(file.fd, lines.array(lines.range))
        try File.sync(file.fd)
        isWhole = true
    }
}

/// Sends rows to a syslog daemon of this machine: RFC 5424 messages, one datagram each.
///
///     <110>1 2026-01-31T12:00:00.000Z host rig 4242 audit - {"actor":"ann",…}
///
/// Facility 13 (log audit); severity informational, or warning for what did not end well.
final class AuditSyslog: AuditOutlet {
    private let socket: Descriptor
    private let host: String

    init(_ path: String) throws(Errno) {
        socket = try UnixSocket.connectDatagram(path)
        host = Facts.hostName()
    }

    func deliver(_ records: [AuditRecord]) throws(Errno) {
        for record in records {
            let text = ByteBuffer(capacity: 1024)
            appendHeader(record, to: text)
            record.appendJSON(to: text)
            do throws(Errno) {
                try send(text)
            } catch {
                guard error == .messageTooLarge else { throw error }
                try sendShort(record)
            }
        }
    }

    /// For a daemon that takes no message of such a length: what finds the row, and proves it.
    private func sendShort(_ record: AuditRecord) throws(Errno) {
        let text = ByteBuffer(capacity: 1024)
        appendHeader(record, to: text)
        text.append(
            #"{"call_id":"\#(record.callID)","hash":"\#(Hex.encode(record.hash))","#
                + #""kind":"\#(record.kind)","seq":\#(record.seq)}"#)
        try send(text)
    }

    private func appendHeader(_ record: AuditRecord, to text: ByteBuffer) {
        let wentWell = record.status.isEmpty || record.status == "ok"
        let priority = 13 * 8 + (wentWell ? 6 : 4)
        text.append(
            "<\(priority)>1 \(Timestamp.text(milliseconds: record.timeMilliseconds)) \(host) rig "
                + "\(Facts.processID()) audit - ")
    }

    private func send(_ text: ByteBuffer) throws(Errno) {
        let bytes = text.array(text.range)
        let result = unsafe bytes.withUnsafeBytes { region in
            Result { () throws(Errno) in try unsafe Transmit.write(socket.fd, region) }
        }
        // A daemon whose queue is full is a sink that fails for a while.
        if try result.get() == .wouldBlock { throw Errno.again }
    }
}
