package import RIGBytes

/// The chunked coding (RFC 9112, section 7.1).
package enum ChunkWriter {
    /// Appends one chunk; an empty part appends nothing, since it would end the body.
    package static func append(_ content: ByteBuffer, _ range: ByteRange, to buffer: ByteBuffer) {
        if range.isEmpty { return }
        var shift = 60
        while shift > 0, range.count >> shift == 0 { shift -= 4 }
        while shift >= 0 {
            buffer.append(Hex.digit(UInt8(truncatingIfNeeded: range.count >> shift) & 15))
            shift -= 4
        }
        buffer.append("\r\n" as StaticString)
        buffer.append(content, range)
        buffer.append("\r\n" as StaticString)
    }

    /// Ends the body.
    package static func appendEnd(to buffer: ByteBuffer) {
        buffer.append("0\r\n\r\n" as StaticString)
    }
}
