package import RIGBytes
internal import RIGStore

/// A row as read back: its number, its place in the chain, and the columns as they are stored.
package struct AuditRecord: Sendable, Equatable {
    /// Counts all rows from 1, without gaps.
    package let seq: Int64
    /// The process that wrote the row.
    package let run: Int64
    package let timeMilliseconds: Int64
    package let attempts: Int64
    package let durationMicroseconds: Int64
    package let workerPID: Int64
    /// 32 bytes in a database that nobody edited.
    package let hash: [UInt8]
    private var texts: [String]

    package var tool: String { texts[AuditText.tool.rawValue] }
    package var pack: String { texts[AuditText.pack.rawValue] }
    package var packVersion: String { texts[AuditText.packVersion.rawValue] }
    package var snapshot: String { texts[AuditText.snapshot.rawValue] }
    package var risk: String { texts[AuditText.risk.rawValue] }
    package var sandbox: String { texts[AuditText.sandbox.rawValue] }
    package var kind: String { texts[AuditText.kind.rawValue] }
    package var callID: String { texts[AuditText.callID.rawValue] }
    package var correlationID: String { texts[AuditText.correlationID.rawValue] }
    package var tenant: String { texts[AuditText.tenant.rawValue] }
    package var actor: String { texts[AuditText.actor.rawValue] }
    package var argsDigest: String { texts[AuditText.argsDigest.rawValue] }
    package var decision: String { texts[AuditText.decision.rawValue] }
    /// "" for an intent, "ok", or an error type.
    package var status: String { texts[AuditText.status.rawValue] }
    package var front: String { texts[AuditText.front.rawValue] }
    /// The arguments without their values, when the configuration asked for them.
    package var args: String { texts[AuditText.args.rawValue] }
    package var note: String { texts[AuditText.note.rawValue] }

    /// Appends the row as one JSON object, `hash` included (docs in `AuditLine`).
    package func appendJSON(to buffer: ByteBuffer) {
        let digest = Digest(hex: Hex.encode(hash))
        appendLine(hash: digest, to: buffer)
    }

    /// The columns after `seq` in the order of `read`, for SELECT and INSERT.
    static let columns = """
        run, time_ms, attempts, duration_us, worker_pid, hash, tool, pack, pack_version, snapshot, \
        risk, sandbox, kind, call_id, correlation_id, tenant, actor, args_digest, decision, \
        status, front, note, args
        """
    static let firstTextColumn = 7

    /// Reads the row at which a statement over `seq` and `columns` stands.
    init(_ statement: borrowing Statement) {
        seq = statement.int(0)
        run = statement.int(1)
        timeMilliseconds = statement.int(2)
        attempts = statement.int(3)
        durationMicroseconds = statement.int(4)
        workerPID = statement.int(5)
        hash = statement.blob(6)
        texts = []
        for text in AuditText.allCases {
            texts.append(statement.text(Self.firstTextColumn + text.rawValue))
        }
    }

    /// The hash this row should have after `previous`.
    func expectedHash(after previous: Digest) -> Digest {
        let line = ByteBuffer(capacity: 1024)
        appendLine(hash: nil, to: line)
        return AuditLine.hash(after: previous, line)
    }

    /// Appends the row as it travels, with some texts replaced.
    func encode(
        timeMilliseconds time: Int64, replacing replacements: [AuditText: String],
        hasIntent: Bool, to buffer: ByteBuffer
    ) {
        AuditEncoding.appendNumbers(
            hasIntent: hasIntent, time: time, attempts: attempts, duration: durationMicroseconds,
            worker: workerPID, to: buffer)
        for text in AuditText.allCases {
            let value = replacements[text] ?? texts[text.rawValue]
            AuditEncoding.appendCount(value.utf8.count, to: buffer)
            buffer.append(value)
        }
    }

    private func appendLine(hash: Digest?, to line: ByteBuffer) {
        let encoded = ByteBuffer(capacity: 1024)
        // A text that an editor made too long to be a row's would not fit its count.
        guard texts.allSatisfy({ $0.utf8.count <= Int(UInt16.max) }) else { return }
        encode(
            timeMilliseconds: timeMilliseconds, replacing: [:], hasIntent: false, to: encoded)
        AuditLine.append(
            AuditFields(encoded, encoded.range), of: encoded, seq: seq, run: run, hash: hash,
            to: line)
    }
}
