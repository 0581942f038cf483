package import RIGBytes

/// Server-sent events (HTML, section 9.2), as bytes of a `text/event-stream`.
///
///     EventWriter.append(event: "approval", id: "7", json, json.range, to: output)
///     // event: approval⏎ id: 7⏎ data: {…}⏎ ⏎
package enum EventWriter {
    /// Appends one event. Text of any number of lines arrives as it was, with LF between its lines;
    /// names and ids lose line ends and NUL, which would end them early.
    package static func append(
        event: String? = nil, id: String? = nil, _ data: ByteBuffer, _ range: ByteRange,
        to buffer: ByteBuffer
    ) {
        if let event { appendField("event: ", event, to: buffer) }
        if let id { appendField("id: ", id, to: buffer) }
        let bytes = data.bytes
        var start = range.offset
        while true {
            var end = start
            while end < range.end, bytes[end] != ByteClass.lineFeed,
                bytes[end] != ByteClass.carriageReturn
            { end += 1 }
            buffer.append("data: " as StaticString)
            buffer.append(data, ByteRange(offset: start, count: end - start))
            buffer.append(ByteClass.lineFeed)
            if end >= range.end { break }
            let isPair =
                bytes[end] == ByteClass.carriageReturn && end + 1 < range.end
                && bytes[end + 1] == ByteClass.lineFeed
            start = end + (isPair ? 2 : 1)
        }
        buffer.append(ByteClass.lineFeed)
    }

    /// How long a client waits before it connects again.
    package static func appendRetry(milliseconds: Int, to buffer: ByteBuffer) {
        buffer.append("retry: " as StaticString)
        buffer.appendDecimal(milliseconds)
        buffer.append("\n\n" as StaticString)
    }

    /// A line that clients ignore: keeps a quiet stream from being taken for a dead one.
    package static func appendComment(_ text: StaticString, to buffer: ByteBuffer) {
        buffer.append(": " as StaticString)
        buffer.append(text)
        buffer.append("\n\n" as StaticString)
    }

    private static func appendField(_ name: StaticString, _ value: String, to buffer: ByteBuffer) {
        buffer.append(name)
        for byte in value.utf8
        where byte != ByteClass.lineFeed && byte != ByteClass.carriageReturn && byte != 0 {
            buffer.append(byte)
        }
        buffer.append(ByteClass.lineFeed)
    }
}
