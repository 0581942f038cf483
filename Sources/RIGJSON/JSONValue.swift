package import RIGBytes

/// A JSON value as a tree, for the control plane and slow paths. Equality is by value: `1`, `1.0`
/// and `1e0` are equal, the order of an object's members does not count, and strings are equal
/// when their code points are (not when Unicode calls them equivalent, as Swift's `==` does).
package indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Reads a text that is one value (RFC 8259). Refuses duplicate names, compared after
    /// unescaping, lone surrogates and a byte order mark.
    package static func parse(
        _ bytes: some Collection<UInt8>, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytesMax else {
            throw JSONError(.tooLarge, at: limits.bytesMax)
        }
        let buffer = ByteBuffer(bytes)
        return try parse(buffer, buffer.range, limits: limits)
    }

    package static func parse(
        _ text: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        try parse(text.utf8, limits: limits)
    }

    package static func parse(
        _ buffer: ByteBuffer, _ range: ByteRange, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        var scanner = Scanner(capacityBytes: min(range.count, limits.bytesMax))
        try scanner.scan(buffer, range, limits: limits)
        return try scanner.document()
    }
}

extension Scanner {
    /// The scanned text as a tree.
    package borrowing func document() throws(JSONError) -> JSONValue {
        var reader = reader(at: 0)
        return try reader.document()
    }

    /// The value at position `index` as a tree. Bytes outside that value are not looked at.
    package borrowing func value(at index: Int) throws(JSONError) -> JSONValue {
        var reader = reader(at: index)
        return try reader.value(depth: 0)
    }

    private borrowing func reader(at index: Int) -> JSONReader {
        precondition(index >= 0 && index <= count, "index names a position")
        // SAFETY: `count` positions were written for the `range.count` bytes at `unsafeText`.
        return unsafe JSONReader(
            text: UnsafeBufferPointer(start: unsafeText, count: range.count),
            positions: UnsafeBufferPointer(start: unsafePositions, count: count),
            depthMax: depthMax, index: index)
    }
}

extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): CodePoints.equal(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let flag):
            hasher.combine(1)
            hasher.combine(flag)
        case .number(let number):
            hasher.combine(2)
            hasher.combine(number)
        case .string(let text):
            hasher.combine(3)
            CodePoints.hash(text, into: &hasher)
        case .array(let elements):
            hasher.combine(4)
            hasher.combine(elements)
        case .object(let object):
            hasher.combine(5)
            hasher.combine(object)
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

/// The accessors that reading a document by hand wants; nil when the value is of another kind.
extension JSONValue {
    package var isNull: Bool { self == .null }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// An integer that fits 64 bits, however it was written: `100`, `1e2`, `100.0`.
    package var int64: Int64? { number?.int64 }

    /// The member `name` of an object.
    package subscript(name: String) -> JSONValue? { object?[name] }
}
