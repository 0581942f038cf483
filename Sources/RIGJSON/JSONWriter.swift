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
        separate()
        buffer.append(UInt8(ascii: "\""))
        buffer.append(name)
        buffer.append("\":" as StaticString)
        needsComma = false
    }

    /// A name known at run time only.
    package mutating func key(_ name: String) {
        separate()
        JSONEscaping.append(name, to: buffer)
        buffer.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        separate()
        JSONEscaping.append(text, to: buffer)
        needsComma = true
    }

    package mutating func int(_ value: some FixedWidthInteger) {
        separate()
        DecimalDigits.append(value, to: buffer)
        needsComma = true
    }

    package mutating func bool(_ value: Bool) {
        separate()
        buffer.append(value ? "true" as StaticString : "false")
        needsComma = true
    }

    package mutating func null() {
        separate()
        buffer.append("null" as StaticString)
        needsComma = true
    }

    package mutating func number(_ value: JSONNumber) {
        separate()
        buffer.append(value.literal)
        needsComma = true
    }

    /// The shortest digits that read back as `value`; `null` for infinities and not-a-number.
    package mutating func double(_ value: Double) {
        separate()
        if value.isFinite {
            buffer.append(value.description)
        } else {
            buffer.append("null" as StaticString)
        }
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
        separate()
        buffer.append(text)
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
        separate()
        buffer.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.append(bracket)
        needsComma = true
    }

    private func separate() {
        if needsComma { buffer.append(UInt8(ascii: ",")) }
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
