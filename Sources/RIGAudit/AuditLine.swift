internal import RIGBytes
internal import RIGJSON

/// A row as one line of JSON in canonical form (RFC 8785): what the chain hashes and what export,
/// sinks and queries show, so that anyone can check an exported chain with a JSON library and
/// SHA-256.
///
///     {"actor":"ann","attempts":1,"call_id":"01K…","front":"rgp","kind":"outcome",…}
///
/// Members are sorted; one that would be "" or 0 is left out. With a hash there is one member more,
/// `hash`, which is not part of what it is the hash of.
enum AuditLine {
    static func append(
        _ fields: AuditFields, of source: ByteBuffer, seq: Int64, run: Int64, hash: Digest? = nil,
        to line: ByteBuffer
    ) {
        var members = Members(source: source, line: line)
        line.append("{" as StaticString)
        members.text("actor", fields[.actor])
        members.text("args", fields[.args])
        members.text("args_digest", fields[.argsDigest])
        members.integer("attempts", fields.attempts)
        members.text("call_id", fields[.callID])
        members.text("correlation_id", fields[.correlationID])
        members.text("decision", fields[.decision])
        members.integer("duration_us", fields.durationMicroseconds)
        members.text("front", fields[.front])
        if let hash { members.digest("hash", hash) }
        members.text("kind", fields[.kind])
        members.text("note", fields[.note])
        members.text("pack", fields[.pack])
        members.text("pack_version", fields[.packVersion])
        members.text("risk", fields[.risk])
        members.integer("run", run)
        members.text("sandbox", fields[.sandbox])
        members.integer("seq", seq)
        members.text("snapshot", fields[.snapshot])
        members.text("status", fields[.status])
        members.text("tenant", fields[.tenant])
        members.integer("time_ms", fields.timeMilliseconds)
        members.text("tool", fields[.tool])
        members.integer("worker_pid", fields.workerPID)
        line.append("}" as StaticString)
    }

    /// The hash of a row: SHA-256 over the 32 bytes of the row before (zeros before the first) and
    /// the row's line without `hash`.
    static func hash(after previous: Digest, _ line: ByteBuffer) -> Digest {
        var hash = SHA256()
        hash.update(previous.bytes)
        hash.update(line, line.range)
        return hash.finish()
    }

    private struct Members {
        let source: ByteBuffer
        let line: ByteBuffer
        var isFirst = true

        mutating func text(_ name: StaticString, _ range: ByteRange) {
            guard !range.isEmpty else { return }
            begin(name)
            if isPlain(range) {
                line.append(UInt8(ascii: "\""))
                line.append(source, range)
                line.append(UInt8(ascii: "\""))
            } else {
                var writer = JSONWriter(line)
                writer.string(source.string(range))
            }
        }

        mutating func integer(_ name: StaticString, _ value: Int64) {
            guard value != 0 else { return }
            begin(name)
            var writer = JSONWriter(line)
            writer.int(value)
        }

        mutating func digest(_ name: StaticString, _ value: Digest) {
            begin(name)
            line.append(UInt8(ascii: "\""))
            value.appendHex(to: line)
            line.append(UInt8(ascii: "\""))
        }

        private mutating func begin(_ name: StaticString) {
            line.append(isFirst ? "\"" as StaticString : ",\"")
            line.append(name)
            line.append("\":" as StaticString)
            isFirst = false
        }

        /// Whether the text stands in quotes as it is, which nearly all do.
        private func isPlain(_ range: ByteRange) -> Bool {
            for index in range.offset..<range.end {
                let byte = source[index]
                if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { return false }
            }
            return true
        }
    }
}
