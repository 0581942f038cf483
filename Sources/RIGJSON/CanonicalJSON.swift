package import RIGBytes

/// One text for each value (RFC 8785): no white space, names sorted by UTF-16 code units, the
/// shortest escapes, numbers as ECMAScript writes them. Digests and keys are made over it.
///
///     {"b":1.50,"a":"\u0041"}     becomes     {"a":"A","b":1.5}
///
/// One deviation: an integer is written with all its digits, where ECMAScript would first round it
/// to a double. It shows from 2^53 on only, and two different integers never share a text.
/// `9007199254740993` stays, and so does the exact value of `1e400`, written `1e+400`.
package enum CanonicalJSON {
    package static func append(_ value: JSONValue, to buffer: ByteBuffer) {
        var writer = JSONWriter(buffer)
        write(value, &writer)
    }

    private static func write(_ value: JSONValue, _ writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .number(let number): writer.canonical(number)
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { write(element, &writer) }
            writer.endArray()
        case .object(let object):
            writer.beginObject()
            for member in sorted(object.members) {
                writer.key(member.name)
                write(member.value, &writer)
            }
            writer.endObject()
        }
    }

    /// Most objects are written in order already, which is found faster than made.
    private static func sorted(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        let areInOrder = zip(members, members.dropFirst()).allSatisfy {
            CodePoints.precedesInUTF16($0.name, $1.name)
        }
        if areInOrder { return members }
        return members.sorted { CodePoints.precedesInUTF16($0.name, $1.name) }
    }

    /// The canonical form of a text that stands in another buffer.
    package static func append(
        _ source: ByteBuffer, _ range: ByteRange, to buffer: ByteBuffer,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        append(try JSONValue.parse(source, range, limits: limits), to: buffer)
    }

    /// The canonical text of a value.
    package static func text(_ value: JSONValue) -> String {
        let buffer = ByteBuffer()
        append(value, to: buffer)
        return buffer.string(buffer.range)
    }
}

/// ECMAScript's `Number::toString` (ECMA-262, section 6.1.6.1.20), over exact digits.
enum CanonicalNumber {
    static func append(_ number: JSONNumber, to buffer: ByteBuffer) {
        if isPlain(number.literal) { return buffer.append(number.literal) }
        let exact = number.decimal
        // Swift prints the shortest digits that read back as the same double, as ECMAScript does.
        append(exact.isInteger ? exact : ExactDecimal(number.double.description), to: buffer)
    }

    /// Whether a literal is its own canonical form at first sight: an integer of few digits.
    private static func isPlain(_ literal: String) -> Bool {
        guard literal.utf8.count <= 16 else { return false }
        return literal.utf8.allSatisfy { JSONText.isDigit($0) }
    }

    private static func append(_ decimal: ExactDecimal, to buffer: ByteBuffer) {
        let digits = decimal.digits
        let point = decimal.point
        if decimal.isNegative { buffer.append(UInt8(ascii: "-")) }
        if digits.isEmpty {
            zeros(1, to: buffer)
        } else if point > 21 || point < -5 {
            write(digits[..<1], to: buffer)
            if digits.count > 1 { buffer.append(UInt8(ascii: ".")) }
            write(digits[1...], to: buffer)
            buffer.append(point > 0 ? "e+" as StaticString : "e")
            DecimalDigits.append(Int64(point - 1), to: buffer)
        } else if point >= digits.count {
            write(digits[...], to: buffer)
            zeros(point - digits.count, to: buffer)
        } else if point > 0 {
            write(digits[..<point], to: buffer)
            buffer.append(UInt8(ascii: "."))
            write(digits[point...], to: buffer)
        } else {
            buffer.append("0." as StaticString)
            zeros(-point, to: buffer)
            write(digits[...], to: buffer)
        }
    }

    private static func write(_ digits: ArraySlice<UInt8>, to buffer: ByteBuffer) {
        for digit in digits { buffer.append(digit + 0x30) }
    }

    private static func zeros(_ count: Int, to buffer: ByteBuffer) {
        for _ in 0..<count { buffer.append(UInt8(ascii: "0")) }
    }
}
