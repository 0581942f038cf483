internal import RIGBytes
internal import RIGLinux

/// How far a sink has come: the last row it was given, in a file of its own, written once the row
/// is out of our hands.
struct AuditCursor: Sendable {
    private let path: String
    /// Held by the process that feeds the sink.
    let lock: String

    init(_ files: AuditFiles, _ sink: AuditOptions.Sink) {
        // Paths are longer than names may be.
        let digest = SHA256.digest(Array(sink.name.utf8)).hex.prefix(16)
        path = Path.join(files.sinks, "\(digest).seq")
        lock = Path.join(files.sinks, "\(digest).lock")
    }

    /// 0 before the first row. What is no number is 0 too: every row then goes out once more.
    func read() throws(Errno) -> Int64 {
        do throws(Errno) {
            let bytes = try File.readWhole(path, sizeBytesMax: 4_096)
            return Int64(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }) ?? 0
        } catch {
            if error == .noEntry { return 0 }
            throw error
        }
    }

    func write(_ seq: Int64) throws(Errno) {
        try File.replaceAtomically(path, with: Array("\(seq)\n".utf8))
    }
}

extension AuditOptions.Sink {
    /// For people, and one for each sink.
    var name: String {
        switch self {
        case .jsonl(let path): "sink jsonl \(path)"
        case .syslog(let path): "sink syslog \(path)"
        }
    }
}
