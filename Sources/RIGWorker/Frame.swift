internal import RIGBytes

/// The frames of the worker protocol (spec/worker-protocol.md): u32 little-endian length, then one
/// JSON object of that many bytes.
enum Frame {
    static let headerBytes = 4

    /// What the front of a receive buffer holds.
    enum Head: Equatable {
        /// The rest has not arrived; at least this many bytes are still to come.
        case incomplete(missingBytes: Int)
        /// The text of the first frame.
        case whole(ByteRange)
        /// A length that the pack's cap forbids.
        case oversized(bytes: Int)
    }

    /// Looks at the frame that starts at `offset`.
    static func head(of buffer: ByteBuffer, at offset: Int, bytesMax: Int) -> Head {
        let available = buffer.count - offset
        guard available >= headerBytes else {
            return .incomplete(missingBytes: headerBytes - available)
        }
        var count = 0
        for index in (0..<headerBytes).reversed() {
            count = count << 8 | Int(buffer[offset + index])
        }
        guard count <= bytesMax else { return .oversized(bytes: count) }
        guard available >= headerBytes + count else {
            return .incomplete(missingBytes: headerBytes + count - available)
        }
        return .whole(ByteRange(offset: offset + headerBytes, count: count))
    }

    /// Reserves a header in `buffer`; `finish` fills it in once the text's length is known.
    static func begin(_ buffer: ByteBuffer) -> Int {
        let start = buffer.count
        for _ in 0..<headerBytes { buffer.append(0) }
        return start
    }

    /// Writes the length of a frame begun at `start`, with `trailing` bytes sent from elsewhere.
    static func finish(_ buffer: ByteBuffer, from start: Int, trailingBytes: Int = 0) {
        var count = buffer.count - start - headerBytes + trailingBytes
        for index in 0..<headerBytes {
            buffer.set(start + index, to: UInt8(truncatingIfNeeded: count))
            count >>= 8
        }
    }
}
