internal import RIGBytes
internal import RIGModel

/// A row as bytes, on its way from the loop to the durable thread within one process.
///
///     offset 0  u8   1: the call has an open intent (an intent opens it, an outcome closes it)
///            1  i64  time, attempts, duration, worker pid (little-endian)
///           33  17 × (u16 count, UTF-8), in the order of `AuditText`
enum AuditEncoding {
    /// Longer texts are cut, and end in "…": tenants, actors and names have their own, smaller
    /// limits, so this bounds what a bug or a pack could write.
    static let textBytesMax = 1_024
    /// The same for arguments.
    static let argsBytesMax = 4_096

    static func append(_ row: borrowing AuditRow, hasIntent: Bool, to buffer: ByteBuffer) {
        appendNumbers(
            hasIntent: hasIntent, time: row.timeMilliseconds, attempts: Int64(row.attempts),
            duration: row.durationMicroseconds, worker: Int64(row.workerPID), to: buffer)
        buffer.append(contentsOf: row.subject.encoded)
        appendText(row.kind.rawValue, to: buffer)
        appendCount(CallID.textBytes, to: buffer)
        row.callID.append(to: buffer)
        appendText(row.correlationID, to: buffer)
        appendText(row.tenant, to: buffer)
        appendText(row.actor, to: buffer)
        if let digest = row.argsDigest {
            appendCount(64, to: buffer)
            digest.appendHex(to: buffer)
        } else {
            appendCount(0, to: buffer)
        }
        appendText(row.decision, to: buffer)
        appendText(row.status.text, to: buffer)
        appendText(row.front?.rawValue ?? "", to: buffer)
        appendText(row.note, to: buffer)
        appendText(row.args, to: buffer, bytesMax: argsBytesMax)
    }

    static func appendNumbers(
        hasIntent: Bool, time: Int64, attempts: Int64, duration: Int64, worker: Int64,
        to buffer: ByteBuffer
    ) {
        buffer.append(hasIntent ? 1 : 0 as UInt8)
        appendInteger(time, to: buffer)
        appendInteger(attempts, to: buffer)
        appendInteger(duration, to: buffer)
        appendInteger(worker, to: buffer)
    }

    static func appendText(
        _ text: String, to buffer: ByteBuffer, bytesMax: Int = textBytesMax
    ) {
        let count = text.utf8.count
        guard count > bytesMax else {
            appendCount(count, to: buffer)
            buffer.append(text)
            return
        }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytesMax - 3)
        // Never in the middle of a character's bytes.
        while text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        let cut = String(text[..<end]) + "…"
        appendCount(cut.utf8.count, to: buffer)
        buffer.append(cut)
    }

    private static func appendInteger(_ value: Int64, to buffer: ByteBuffer) {
        var rest = UInt64(bitPattern: value)
        for _ in 0..<8 {
            buffer.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    static func appendCount(_ count: Int, to buffer: ByteBuffer) {
        buffer.append(UInt8(truncatingIfNeeded: count))
        buffer.append(UInt8(truncatingIfNeeded: count >> 8))
    }

    private static func appendText(_ id: CorrelationID, to buffer: ByteBuffer) {
        let start = buffer.count
        appendCount(0, to: buffer)
        id.append(to: buffer)
        let count = buffer.count - start - 2
        buffer.set(start, to: UInt8(truncatingIfNeeded: count))
        buffer.set(start + 1, to: UInt8(truncatingIfNeeded: count >> 8))
    }
}

/// The texts of a row, in the order in which they are encoded and stand in `audit_row`.
enum AuditText: Int, CaseIterable {
    case tool, pack, packVersion, snapshot, risk, sandbox
    case kind, callID, correlationID, tenant, actor, argsDigest, decision, status, front, note
    case args
}

/// Where the parts of an encoded row stand.
struct AuditFields {
    let hasIntent: Bool
    let timeMilliseconds: Int64
    let attempts: Int64
    let durationMicroseconds: Int64
    let workerPID: Int64
    private var texts = [17 of ByteRange](repeating: ByteRange(offset: 0, count: 0))

    /// Reads what `AuditEncoding.append` wrote.
    init(_ buffer: ByteBuffer, _ payload: ByteRange) {
        var offset = payload.offset
        func integer() -> Int64 {
            var value: UInt64 = 0
            for index in 0..<8 { value |= UInt64(buffer[offset + index]) << UInt64(8 * index) }
            offset += 8
            return Int64(bitPattern: value)
        }
        hasIntent = buffer[offset] == 1
        offset += 1
        timeMilliseconds = integer()
        attempts = integer()
        durationMicroseconds = integer()
        workerPID = integer()
        for index in 0..<17 {
            let count = Int(buffer[offset]) | Int(buffer[offset + 1]) << 8
            texts[index] = ByteRange(offset: offset + 2, count: count)
            offset += 2 + count
        }
        precondition(offset == payload.end, "a row ends where its texts end")
    }

    subscript(text: AuditText) -> ByteRange { texts[text.rawValue] }
}
