internal import RIGBytes
internal import RIGModel

/// What the loop asks the table of keys to do, as it travels in the durable queue: a letter for the
/// change, the time, then texts with their lengths. The output stands last and is written to the
/// database from the queue's own bytes, since it may be long.
enum KeyRow {
    /// Says no where `claim` would, and changes nothing.
    case check(Claim)
    case claim(Claim)
    /// The call ended and is not to be run again.
    case finish(scope: String, KeyedResult)
    /// The call ended and may be sent again.
    case release(scope: String, callID: String)

    struct Claim {
        let scope: String
        let fingerprint: String
        let callID: String
        /// A call whose end is unknown may be begun again: its tool is idempotent.
        let repeats: Bool
    }

    func append(nowMilliseconds: Int64, to buffer: ByteBuffer) {
        switch self {
        case .check(let claim), .claim(let claim):
            var letter = UInt8(ascii: "c")
            if case .check = self { letter = UInt8(ascii: "?") }
            Self.begin(letter, nowMilliseconds, [claim.scope, claim.callID], to: buffer)
            Self.append(claim.fingerprint, to: buffer)
            Self.append(claim.repeats ? "1" : "", to: buffer)
        case .release(let scope, let callID):
            Self.begin(UInt8(ascii: "r"), nowMilliseconds, [scope, callID], to: buffer)
        case .finish(let scope, let result):
            Self.begin(
                UInt8(ascii: "f"), nowMilliseconds, [scope, result.meta.callID], to: buffer)
            Self.append(result.isOutput ? "1" : "", to: buffer)
            Self.append(result.meta.text, to: buffer)
            switch result.body {
            case .text(let bytes):
                Self.append(count: UInt64(bytes.count), to: buffer)
                if bytes.count <= Limits.replayBytesMax {
                    Self.append(count: UInt64(bytes.count), to: buffer)
                    buffer.append(contentsOf: bytes)
                } else {
                    Self.append(count: 0, to: buffer)
                }
            case .dropped(let bytes):
                Self.append(count: UInt64(bytes), to: buffer)
                Self.append(count: 0, to: buffer)
            }
        }
    }

    private static func begin(
        _ letter: UInt8, _ now: Int64, _ texts: [String], to buffer: ByteBuffer
    ) {
        buffer.append(letter)
        append(count: UInt64(bitPattern: now), to: buffer)
        for text in texts { append(text, to: buffer) }
    }

    private static func append(_ text: String, to buffer: ByteBuffer) {
        append(count: UInt64(text.utf8.count), to: buffer)
        buffer.append(text)
    }

    private static func append(count: UInt64, to buffer: ByteBuffer) {
        for shift in stride(from: 0, to: 64, by: 8) {
            buffer.append(UInt8(truncatingIfNeeded: count >> UInt64(shift)))
        }
    }
}

/// Reads what `KeyRow.append` wrote in this process, in its order.
struct KeyRowReader {
    private let buffer: ByteBuffer
    private var offset: Int
    let letter: UInt8
    let nowMilliseconds: Int64
    let scope: ByteRange
    let callID: ByteRange

    init(_ buffer: ByteBuffer, _ payload: ByteRange) {
        self.buffer = buffer
        letter = buffer[payload.offset]
        offset = payload.offset + 1
        nowMilliseconds = Int64(bitPattern: Self.count(buffer, &offset))
        scope = Self.text(buffer, &offset)
        callID = Self.text(buffer, &offset)
    }

    mutating func text() -> ByteRange { Self.text(buffer, &offset) }
    mutating func count() -> Int { Int(Self.count(buffer, &offset)) }

    private static func text(_ buffer: ByteBuffer, _ offset: inout Int) -> ByteRange {
        let range = ByteRange(offset: 0, count: Int(count(buffer, &offset)))
        defer { offset += range.count }
        return ByteRange(offset: offset, count: range.count)
    }

    private static func count(_ buffer: ByteBuffer, _ offset: inout Int) -> UInt64 {
        var count: UInt64 = 0
        for index in 0..<8 { count |= UInt64(buffer[offset + index]) << UInt64(8 * index) }
        offset += 8
        return count
    }
}
