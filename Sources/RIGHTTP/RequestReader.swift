package import RIGBytes

/// Reads requests one after the other from a buffer that a connection fills (RFC 9112).
///
/// In: a buffer to which bytes are appended as they arrive, in whatever portions. Out: the head, as
/// ranges of that buffer, and then the body, as one range: chunks are joined where they stand. No
/// I/O, and no allocation once the list of fields has grown.
///
///     var reader = RequestReader(limits)
///     switch try reader.read(input) {
///     case .needsMore:                          receive more, then read again
///     case .head:                               reader.head is there; the body may not be
///     case .complete:                           reader.body, too; handle, then
///         reader.next(at: reader.end)           or drop reader.end bytes and next(at: 0)
///     }
///
/// Whatever it throws is final: the connection is answered `fault.status` and closed.
package struct RequestReader: Sendable {
    package enum Progress: Equatable, Sendable {
        case needsMore
        /// Reported once for each request, and before its `complete`.
        case head
        case complete
    }

    private enum Place {
        case line, fields, head, fixed(Int), chunked, complete
    }

    package let limits: HTTPLimits
    /// For the request in hand.
    private var bodyBytesMax: Int
    /// Of the request that is being read; whole from `.head` on.
    package private(set) var head = RequestHead()
    /// The content as it has arrived; whole from `.complete` on.
    package private(set) var body = ByteRange(offset: 0, count: 0)

    private var place = Place.line
    private var start = 0
    private var lines: LineReader
    private var chunks: ChunkReader
    private var hasSkippedLine = false

    package init(_ limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        bodyBytesMax = limits.bodyBytesMax
        lines = LineReader(at: 0)
        chunks = ChunkReader(at: 0, limits)
    }

    /// Begins with the request that stands at `offset`.
    package mutating func next(at offset: Int) {
        place = .line
        start = offset
        lines = LineReader(at: offset)
        body = ByteRange(offset: offset, count: 0)
        hasSkippedLine = false
        bodyBytesMax = limits.bodyBytesMax
        head.reset()
    }

    /// Takes less of a body than the limits say: for a request that needs none, or little. Between
    /// `.head` and the next read.
    package mutating func limitBody(to bytes: Int) throws(HTTPFault) {
        guard case .head = place else { preconditionFailure("a body is limited by its head") }
        bodyBytesMax = min(bodyBytesMax, bytes)
        if case .fixed(let length) = head.body, length > bodyBytesMax { throw .bodyTooLarge }
    }

    /// Whether nothing of the request has been seen in a buffer of `count` bytes.
    package func isIdle(_ count: Int) -> Bool {
        if case .line = place { return count <= start }
        return false
    }

    /// Where the next request begins; meaningful from `.complete` on.
    package var end: Int {
        if case .chunked = head.body { return chunks.offset }
        return body.end
    }

    /// Bytes of a fixed body that have not arrived, for a reader that makes room at once.
    package func missingBytes(_ count: Int) -> Int {
        if case .fixed(let length) = place { return max(0, body.offset + length - count) }
        return 0
    }

    package mutating func read(_ buffer: ByteBuffer) throws(HTTPFault) -> Progress {
        while true {
            switch place {
            case .line:
                guard try readLine(buffer.bytes) else { return .needsMore }
            case .fields:
                guard try readField(buffer.bytes) else { return .needsMore }
                if case .head = place { return .head }
            case .head:
                beginBody()
            case .fixed(let length):
                let there = min(length, buffer.count - body.offset)
                body.count = there
                if there < length { return .needsMore }
                place = .complete
            case .chunked:
                switch try chunks.next(buffer) {
                case .needsMore: return .needsMore
                case .content(let range):
                    buffer.moveBytes(range, to: body.end)
                    body.count += range.count
                case .end: place = .complete
                }
            case .complete:
                return .complete
            }
        }
    }

    private mutating func readLine(_ bytes: Span<UInt8>) throws(HTTPFault) -> Bool {
        guard
            let line = try lines.next(
                bytes, bytesMax: limits.requestLineBytesMax, tooLong: .requestLineTooLong)
        else { return false }
        if line.isEmpty {
            // One empty line before a request is forgiven (RFC 9112, section 2.2).
            if hasSkippedLine { throw .badRequestLine }
            hasSkippedLine = true
            start = lines.start
            return true
        }
        try head.readLine(line, bytes)
        place = .fields
        return true
    }

    private mutating func readField(_ bytes: Span<UInt8>) throws(HTTPFault) -> Bool {
        // With its CRLF a line must fit into what is left.
        let room = start + limits.headBytesMax - lines.start - 2
        guard let line = try lines.next(bytes, bytesMax: room, tooLong: .headTooLarge) else {
            return false
        }
        if !line.isEmpty {
            try head.fields.append(line, bytes, countMax: limits.fieldCountMax)
            return true
        }
        try head.finish(bytes)
        if case .fixed(let length) = head.body, length > limits.bodyBytesMax {
            throw .bodyTooLarge
        }
        body = ByteRange(offset: lines.start, count: 0)
        place = .head
        return true
    }

    private mutating func beginBody() {
        switch head.body {
        case .fixed(let length): place = .fixed(length)
        case .chunked, .untilClose:
            var limits = limits
            limits.bodyBytesMax = bodyBytesMax
            chunks = ChunkReader(at: body.offset, limits)
            place = .chunked
        }
    }
}
