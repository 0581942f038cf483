package import RIGBytes

/// Takes the chunked coding apart (RFC 9112, section 7.1), piece by piece, where it stands.
///
/// In: a buffer in which the coded body begins at `offset`. Out: the places of its content. A
/// trailer section is read and dropped: nothing in it can change what the head said.
///
///     var chunks = ChunkReader(at: bodyStart, limits)
///     while true {
///         switch try chunks.next(buffer) {
///         case .content(let range): forward(range)
///         case .needsMore: receive more, then go on
///         case .end: the next message begins at chunks.offset
///         }
///     }
package struct ChunkReader: Sendable {
    package enum Piece: Equatable, Sendable {
        case needsMore
        case content(ByteRange)
        case end
    }

    private enum Place: Equatable {
        case size
        case content(left: UInt64)
        case contentEnd
        case trailer
        case end
    }

    private let limits: HTTPLimits
    private var place = Place.size
    private var lines: LineReader
    private var contentBytes = 0
    private var framingBytes = 0
    private var trailerBytes = 0
    /// Everything before it was taken apart.
    package private(set) var offset: Int

    package init(at offset: Int, _ limits: HTTPLimits) {
        self.limits = limits
        self.offset = offset
        lines = LineReader(at: offset)
    }

    /// What was read was moved to the front of its buffer by `bytes`.
    package mutating func shift(by bytes: Int) {
        precondition(bytes >= 0 && bytes <= offset, "only what was taken apart can be dropped")
        offset -= bytes
        lines.shift(by: bytes)
    }

    package mutating func next(_ buffer: ByteBuffer) throws(HTTPFault) -> Piece {
        let bytes = buffer.bytes
        while true {
            switch place {
            case .size:
                guard let line = try nextLine(bytes, max: limits.chunkLineBytesMax, .badChunkSize)
                else { return .needsMore }
                let size = try Self.size(bytes, line)
                guard size <= UInt64(limits.bodyBytesMax - contentBytes) else {
                    throw .bodyTooLarge
                }
                contentBytes += Int(size)
                place = size == 0 ? .trailer : .content(left: size)
            case .content(let left):
                let count = min(Int(left), bytes.count - offset)
                if count == 0 { return .needsMore }
                let piece = ByteRange(offset: offset, count: count)
                offset += count
                lines = LineReader(at: offset)
                place = count == Int(left) ? .contentEnd : .content(left: left - UInt64(count))
                return .content(piece)
            case .contentEnd:
                guard bytes.count > offset else { return .needsMore }
                guard bytes[offset] == ByteClass.carriageReturn else { throw .badChunkEnd }
                guard bytes.count > offset + 1 else { return .needsMore }
                guard bytes[offset + 1] == ByteClass.lineFeed else { throw .badChunkEnd }
                offset += 2
                lines = LineReader(at: offset)
                try charge(2)
                place = .size
            case .trailer:
                let room = limits.headBytesMax - trailerBytes - 2
                guard let line = try nextLine(bytes, max: room, .headTooLarge) else {
                    return .needsMore
                }
                trailerBytes += line.count + 2
                if line.isEmpty { place = .end } else { try Self.checkTrailer(bytes, line) }
            case .end:
                return .end
            }
        }
    }

    private mutating func nextLine(
        _ bytes: Span<UInt8>, max: Int, _ tooLong: HTTPFault
    ) throws(HTTPFault) -> ByteRange? {
        guard let line = try lines.next(bytes, bytesMax: max, tooLong: tooLong) else {
            return nil
        }
        offset = lines.start
        try charge(line.count + 2)
        return line
    }

    private mutating func charge(_ bytes: Int) throws(HTTPFault) {
        framingBytes += bytes
        if framingBytes > limits.chunkFramingBytesMax { throw .tooMuchFraming }
    }

    /// `1*HEXDIG [ chunk-ext ]`, without blanks between the two: what one reader skips and another
    /// does not is how requests are smuggled. Extensions mean nothing here.
    private static func size(_ bytes: Span<UInt8>, _ line: ByteRange) throws(HTTPFault) -> UInt64 {
        var value: UInt64 = 0
        var index = line.offset
        while index < line.end, let digit = ByteClass.hexValue(bytes[index]) {
            guard value >> 60 == 0 else { throw .badChunkSize }
            value = value << 4 | UInt64(digit)
            index += 1
        }
        guard index > line.offset else { throw .badChunkSize }
        if index == line.end { return value }
        guard bytes[index] == UInt8(ascii: ";") else { throw .badChunkSize }
        for place in index..<line.end where bytes[place] >= 0x80 { throw .badChunkExtension }
        return value
    }

    private static func checkTrailer(
        _ bytes: Span<UInt8>, _ line: ByteRange
    ) throws(HTTPFault) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: line),
            bytes.isToken(ByteRange(offset: line.offset, count: colon - line.offset))
        else { throw .badTrailer }
    }
}
