package import RIGBytes

/// Reads one response (RFC 9112, section 4), as strictly as requests are read: what RIG's own
/// commands use to speak to a running sidecar. Interim responses (1xx) are passed over.
package struct ResponseReader: Sendable {
    package enum Progress: Equatable, Sendable {
        case needsMore
        /// Status and fields are there. Reported once.
        case head
        /// More of the body has arrived: `body` has grown.
        case body
        case complete
    }

    private enum Place {
        case line, fields, head, fixed(Int), chunked, untilClose, complete
    }

    package private(set) var status = 0
    package private(set) var fields = HeaderFields()
    /// The content as it has arrived.
    package private(set) var body = ByteRange(offset: 0, count: 0)
    /// Whether the connection can carry another request after this response.
    package private(set) var keepsAlive = true

    private let limits: HTTPLimits
    /// The answer to a HEAD request has no body, whatever its fields say.
    private let isOfHead: Bool
    private var place = Place.line
    private var lines: LineReader
    private var chunks: ChunkReader
    private let start: Int

    /// Reads the response that begins at `offset`.
    package init(at offset: Int = 0, isOfHead: Bool = false, _ limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        self.isOfHead = isOfHead
        start = offset
        lines = LineReader(at: offset)
        chunks = ChunkReader(at: offset, limits)
    }

    /// Where the next response begins; meaningful from `.complete` on.
    package var end: Int {
        if case .chunked = length { return chunks.offset }
        return body.end
    }

    private var length = BodyLength.fixed(0)

    package mutating func read(_ buffer: ByteBuffer) throws(HTTPFault) -> Progress {
        while true {
            switch place {
            case .line:
                guard
                    let line = try lines.next(
                        buffer.bytes, bytesMax: limits.requestLineBytesMax, tooLong: .badStatusLine)
                else { return .needsMore }
                try readLine(line, buffer.bytes)
                place = .fields
            case .fields:
                guard try readField(buffer.bytes) else { return .needsMore }
                if case .head = place { return .head }
            case .head:
                beginBody()
            case .fixed(let count):
                let grown = min(count, buffer.count - body.offset)
                if grown == count { place = .complete }
                if grown > body.count {
                    body.count = grown
                    return .body
                }
                if grown < count { return .needsMore }
            case .chunked:
                switch try chunks.next(buffer) {
                case .needsMore: return .needsMore
                case .end: place = .complete
                case .content(let range):
                    buffer.moveBytes(range, to: body.end)
                    body.count += range.count
                    return .body
                }
            case .untilClose:
                let grown = buffer.count - body.offset
                if grown > limits.bodyBytesMax { throw .bodyTooLarge }
                if grown == body.count { return .needsMore }
                body.count = grown
                return .body
            case .complete:
                return .complete
            }
        }
    }

    /// The peer has sent its last byte, after everything was read.
    package mutating func finish() throws(HTTPFault) {
        switch place {
        case .untilClose: place = .complete
        case .complete: break
        default: throw .endedEarly
        }
    }

    private mutating func readLine(_ line: ByteRange, _ bytes: Span<UInt8>) throws(HTTPFault) {
        guard line.count >= 12 else { throw .badStatusLine }
        let minor: Int
        do throws(HTTPFault) {
            minor = try RequestHead.minorVersion(
                bytes, ByteRange(offset: line.offset, count: 8))
        } catch {
            throw .badStatusLine
        }
        minorVersion = minor
        guard bytes[line.offset + 8] == ByteClass.space else { throw .badStatusLine }
        status = 0
        for index in line.offset + 9..<line.offset + 12 {
            guard ByteClass.isDigit(bytes[index]) else { throw .badStatusLine }
            status = status * 10 + Int(bytes[index] &- 0x30)
        }
        guard status >= 100, line.count == 12 || bytes[line.offset + 12] == ByteClass.space
        else { throw .badStatusLine }
    }

    private var minorVersion = 1

    private mutating func readField(_ bytes: Span<UInt8>) throws(HTTPFault) -> Bool {
        let room = start + limits.headBytesMax - lines.start - 2
        guard let line = try lines.next(bytes, bytesMax: room, tooLong: .headTooLarge) else {
            return false
        }
        if !line.isEmpty {
            try fields.append(line, bytes, countMax: limits.fieldCountMax)
            return true
        }
        if status < 200, status != 101 {
            fields.removeAll()
            place = .line
            return true
        }
        try finishHead(bytes)
        body = ByteRange(offset: lines.start, count: 0)
        place = .head
        return true
    }

    private mutating func finishHead(_ bytes: Span<UInt8>) throws(HTTPFault) {
        let said = try Framing.bodyLength(fields, bytes, minorVersion: minorVersion)
        keepsAlive = try Framing.keepsAlive(fields, bytes, minorVersion: minorVersion)
        if isOfHead || status == 204 || status == 304 || status == 101 {
            length = .fixed(0)
            return
        }
        length = said ?? .untilClose
        if length == .untilClose { keepsAlive = false }
        if case .fixed(let count) = length, count > limits.bodyBytesMax { throw .bodyTooLarge }
    }

    private mutating func beginBody() {
        switch length {
        case .fixed(let count): place = .fixed(count)
        case .untilClose: place = .untilClose
        case .chunked:
            chunks = ChunkReader(at: body.offset, limits)
            place = .chunked
        }
    }
}
