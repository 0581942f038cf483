/// Builds values from a scanned text, and names the first fault of its grammar.
///
/// The slow way to read: the request path checks bytes where they stand and builds nothing. This
/// reader bounds every step itself and does not need the scanner's sentinels.
@safe
struct JSONReader {
    private let text: UnsafeBufferPointer<UInt8>
    private let positions: UnsafeBufferPointer<UInt32>
    private let depthMax: Int
    private var index: Int

    /// Reads from position `index` on. Stage 1 has found no fault in `text`.
    init(
        text: UnsafeBufferPointer<UInt8>, positions: UnsafeBufferPointer<UInt32>, depthMax: Int,
        index: Int = 0
    ) {
        unsafe self.text = unsafe text
        unsafe self.positions = unsafe positions
        self.depthMax = depthMax
        self.index = index
    }

    /// The value that is the whole text.
    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(depth: 0)
        if unsafe index < positions.count {
            throw JSONError(.trailingBytes, at: unsafe Int(positions[index]))
        }
        return value
    }

    /// The value that begins at the current position.
    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        let start = try offset()
        switch unsafe text[start] {
        case UInt8(ascii: "{"):
            guard depth < depthMax else { throw JSONError(.tooDeep, at: start) }
            return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["):
            guard depth < depthMax else { throw JSONError(.tooDeep, at: start) }
            return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "t"):
            try literal("true", at: start)
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false", at: start)
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null", at: start)
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number(at: start))
        default:
            throw JSONError(.expectedValue, at: start)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        index += 1
        var object = JSONObject()
        if try take(UInt8(ascii: "}")) { return object }
        while true {
            let start = try offset()
            guard unsafe text[start] == UInt8(ascii: "\"") else {
                throw JSONError(.expectedName, at: start)
            }
            let name = try string()
            guard try take(UInt8(ascii: ":")) else {
                throw JSONError(.expectedColon, at: try offset())
            }
            guard object.append(name, try value(depth: depth)) else {
                throw JSONError(.duplicateName, at: start)
            }
            if try take(UInt8(ascii: "}")) { return object }
            guard try take(UInt8(ascii: ",")) else {
                throw JSONError(.expectedCommaOrEnd, at: try offset())
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        index += 1
        var elements: [JSONValue] = []
        if try take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth))
            if try take(UInt8(ascii: "]")) { return elements }
            guard try take(UInt8(ascii: ",")) else {
                throw JSONError(.expectedCommaOrEnd, at: try offset())
            }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        let open = try offset()
        index += 1
        let close = try offset()
        index += 1
        // SAFETY: both quotes are positions of the text, the closing one behind the opening one.
        return unsafe JSONText.string(UnsafeBufferPointer(rebasing: text[open + 1..<close]))
    }

    private mutating func literal(_ word: StaticString, at start: Int) throws(JSONError) {
        let end = start + word.utf8CodeUnitCount
        var matches = unsafe end <= text.count
        var offset = 0
        while matches, offset < word.utf8CodeUnitCount {
            // SAFETY: `end` lies in the text.
            unsafe matches = text[start + offset] == word.utf8Start[offset]
            offset += 1
        }
        guard matches, scalarEnds(at: end) else { throw JSONError(.invalidLiteral, at: start) }
        index += 1
    }

    private mutating func number(at start: Int) throws(JSONError) -> JSONNumber {
        guard let end = unsafe JSONText.numberEnd(text, from: start), scalarEnds(at: end) else {
            throw JSONError(.invalidNumber, at: start)
        }
        index += 1
        // SAFETY: `numberEnd` stays inside the text.
        return unsafe JSONNumber(
            checked: String(decoding: text[start..<end], as: UTF8.self))
    }

    /// Whether a scalar's run of bytes stops at `end`: what follows is white space, the next
    /// position or nothing.
    private func scalarEnds(at end: Int) -> Bool {
        if unsafe end == text.count || JSONText.isSpace(text[end]) { return true }
        return unsafe index + 1 < positions.count && Int(positions[index + 1]) == end
    }

    private func offset() throws(JSONError) -> Int {
        guard unsafe index < positions.count else {
            throw JSONError(.unexpectedEnd, at: unsafe text.count)
        }
        return unsafe Int(positions[index])
    }

    private mutating func take(_ byte: UInt8) throws(JSONError) -> Bool {
        guard unsafe text[try offset()] == byte else { return false }
        index += 1
        return true
    }
}
