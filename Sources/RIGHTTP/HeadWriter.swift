package import RIGBytes

/// Writes the head of a message into a buffer. Whatever a value holds, no line of it can end before
/// its field does: control characters become "?".
///
///     var head = HeadWriter(response: 200, to: output)
///     head.field("Content-Type", "application/json")
///     head.end(contentBytes: 12)
///
/// Allocates nothing but the buffer's own growth.
package struct HeadWriter {
    private let buffer: ByteBuffer

    package init(response status: Int, to buffer: ByteBuffer) {
        precondition(status >= 100 && status <= 999, "a status has three digits")
        self.buffer = buffer
        buffer.append("HTTP/1.1 " as StaticString)
        appendNumber(status)
        buffer.append(ByteClass.space)
        buffer.append(StatusPhrase.of(status))
        endLine()
    }

    /// `target` is the caller's own and well-formed.
    package init(request method: StaticString, _ target: String, to buffer: ByteBuffer) {
        self.buffer = buffer
        buffer.append(method)
        buffer.append(ByteClass.space)
        appendClean(target)
        buffer.append(" HTTP/1.1" as StaticString)
        endLine()
    }

    package func field(_ name: StaticString, _ value: StaticString) {
        begin(name)
        buffer.append(value)
        endLine()
    }

    package func field(_ name: StaticString, _ value: String) {
        begin(name)
        appendClean(value)
        endLine()
    }

    package func field(_ name: StaticString, _ value: Int) {
        begin(name)
        appendNumber(value)
        endLine()
    }

    /// A value that stands in another buffer, such as the field of the request that it answers.
    package func field(_ name: StaticString, _ source: ByteBuffer, _ range: ByteRange) {
        begin(name)
        let bytes = source.bytes
        for index in range.offset..<range.end { appendClean(bytes[index]) }
        endLine()
    }

    /// Ends the head of a message whose body has so many bytes.
    package func end(contentBytes: Int) {
        field("Content-Length", contentBytes)
        endLine()
    }

    /// Ends the head of a message whose body comes in chunks.
    package func endChunked() {
        field("Transfer-Encoding", "chunked" as StaticString)
        endLine()
    }

    /// Ends the head of a message that has no body by its nature, or one that ends with the
    /// connection.
    package func end() {
        endLine()
    }

    private func begin(_ name: StaticString) {
        buffer.append(name)
        buffer.append(": " as StaticString)
    }

    private func appendClean(_ text: String) {
        for byte in text.utf8 { appendClean(byte) }
    }

    private func appendClean(_ byte: UInt8) {
        let isClean = byte >= 0x20 && byte != 0x7F || byte == ByteClass.tab
        buffer.append(isClean ? byte : UInt8(ascii: "?"))
    }

    private func appendNumber(_ value: Int) {
        precondition(value >= 0, "no field has a negative number")
        buffer.appendDecimal(value)
    }

    private func endLine() {
        buffer.append("\r\n" as StaticString)
    }
}

extension ByteBuffer {
    /// Digits of a number that is not negative, without making a string.
    func appendDecimal(_ value: Int) {
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: value / divisor % 10) &+ 0x30)
            divisor /= 10
        }
    }
}
