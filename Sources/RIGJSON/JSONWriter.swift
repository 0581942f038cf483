package import RIGBytes

/// Writes one JSON text after another to the end of a buffer. Commas and escapes are its business;
/// that brackets pair up is the caller's.
///
///     var writer = JSONWriter(buffer)
///     writer.beginObject()
///     writer.key("id")
///     writer.int(7)
///     writer.endObject()               // {"id":7}
///
/// Allocates nothing but the buffer's own growth.
package struct JSONWriter {
    package let buffer: ByteBuffer
    /// Whether a value stands before the place of the next one, in the same container.
    private var needsComma = false

    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A name that needs no escaping, known when this was compiled.
    package mutating func key(_ name: StaticString) {
        let count = name.utf8CodeUnitCount
        let room = unsafe Room(buffer, atLeast: count + 4)
        var cursor = unsafe room.start
        if needsComma { unsafe put(UInt8(ascii: ","), at: &cursor) }
        unsafe put(UInt8(ascii: "\""), at: &cursor)
        // SAFETY: the room holds the name and four bytes more.
        unsafe cursor.update(from: name.utf8Start, count: count)
        unsafe cursor += count
        unsafe put(UInt8(ascii: "\""), at: &cursor)
        unsafe put(UInt8(ascii: ":"), at: &cursor)
        unsafe room.commit(upTo: cursor)
        needsComma = false
    }

    /// A name known at run time only.
    package mutating func key(_ name: String) {
        JSONEscaping.append(name, to: buffer, comma: needsComma, colon: true)
        needsComma = false
    }

    package mutating func string(_ text: String) {
        JSONEscaping.append(text, to: buffer, comma: needsComma)
        needsComma = true
    }

    /// Bytes of another buffer as one string: UTF-8, such as JSON that is quoted inside JSON.
    package mutating func string(_ source: ByteBuffer, _ range: ByteRange) {
        precondition(source !== buffer && range.end <= source.count, "the range lies elsewhere")
        // SAFETY: the range lies in the source, which nothing changes meanwhile.
        let bytes = unsafe UnsafeRawBufferPointer(
            rebasing: source.unsafeBytes[range.offset..<range.end])
        unsafe JSONEscaping.append(
            bytes.assumingMemoryBound(to: UInt8.self), to: buffer, comma: needsComma)
        needsComma = true
    }

    package mutating func int(_ value: Int) {
        int(Int64(value))
    }

    package mutating func int(_ value: Int64) {
        DecimalDigits.append(value, to: buffer, comma: needsComma)
        needsComma = true
    }

    package mutating func int(_ value: UInt64) {
        DecimalDigits.append(value, to: buffer, comma: needsComma)
        needsComma = true
    }

    package mutating func bool(_ value: Bool) {
        raw(value ? "true" as StaticString : "false")
    }

    package mutating func null() {
        raw("null")
    }

    package mutating func number(_ value: JSONNumber) {
        separate()
        buffer.append(value.literal)
        needsComma = true
    }

    /// The shortest digits that read back as `value`; `null` for infinities and not-a-number.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        buffer.append(value.description)
        needsComma = true
    }

    /// Bytes of another buffer that are one JSON value already.
    package mutating func raw(_ source: ByteBuffer, _ range: ByteRange) {
        separate()
        buffer.append(source, range)
        needsComma = true
    }

    /// A constant that is one JSON value already.
    package mutating func raw(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        let room = unsafe Room(buffer, atLeast: count + 1)
        var cursor = unsafe room.start
        if needsComma { unsafe put(UInt8(ascii: ","), at: &cursor) }
        // SAFETY: the room holds the text and one byte more.
        unsafe cursor.update(from: text.utf8Start, count: count)
        unsafe room.commit(upTo: cursor + count)
        needsComma = true
    }

    /// A number in the form of RFC 8785.
    mutating func canonical(_ number: JSONNumber) {
        separate()
        CanonicalNumber.append(number, to: buffer)
        needsComma = true
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    private mutating func open(_ bracket: UInt8) {
        let room = unsafe Room(buffer, atLeast: 2)
        var cursor = unsafe room.start
        if needsComma { unsafe put(UInt8(ascii: ","), at: &cursor) }
        unsafe put(bracket, at: &cursor)
        unsafe room.commit(upTo: cursor)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.append(bracket)
        needsComma = true
    }

    private func separate() {
        if needsComma { buffer.append(UInt8(ascii: ",")) }
    }

    @inline(__always)
    private func put(_ byte: UInt8, at cursor: inout UnsafeMutablePointer<UInt8>) {
        // SAFETY: each caller asked for room for all it puts.
        unsafe cursor.pointee = byte
        unsafe cursor += 1
    }
}

extension JSONValue {
    /// Appends the value as compact text, members in their order, numbers as they were written.
    package func write(to buffer: ByteBuffer) {
        var writer = JSONWriter(buffer)
        writer.value(self)
    }

    /// The value as compact text.
    package var text: String {
        let buffer = ByteBuffer()
        write(to: buffer)
        return buffer.string(buffer.range)
    }
}
