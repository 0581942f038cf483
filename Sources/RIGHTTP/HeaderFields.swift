package import RIGBytes

/// One field line, where it stands in the message's buffer; the value without blanks around it.
package struct HeaderField: Equatable, Sendable {
    package let name: ByteRange
    package let value: ByteRange
}

/// The field lines of one message in their order. Kept by its reader and filled anew for each
/// message, so that nothing is allocated once it has grown.
package struct HeaderFields: Sendable {
    package private(set) var all: [HeaderField] = []

    package init() {}

    package enum Found: Equatable, Sendable {
        case none
        case one(ByteRange)
        /// More than one line has the name.
        case repeated
    }

    /// Looks for a field that may stand once. `name` is in lower case.
    package func find(_ name: StaticString, in buffer: ByteBuffer) -> Found {
        find(name, buffer.bytes)
    }

    func find(_ name: StaticString, _ bytes: Span<UInt8>) -> Found {
        var found = Found.none
        for index in all.indices where bytes.equalsIgnoringCase(all[index].name, name) {
            if found != .none { return .repeated }
            found = .one(all[index].value)
        }
        return found
    }

    mutating func removeAll() {
        all.removeAll(keepingCapacity: true)
    }

    /// Reads one line (RFC 9112, section 5.1) and adds it.
    mutating func append(
        _ line: ByteRange, _ bytes: Span<UInt8>, countMax: Int
    ) throws(HTTPFault) {
        if all.count >= countMax { throw .tooManyFields }
        if ByteClass.isBlank(bytes[line.offset]) { throw .obsoleteFold }
        var colon = line.offset
        while colon < line.end, ByteClass.isToken(bytes[colon]) { colon += 1 }
        guard colon < line.end, bytes[colon] == UInt8(ascii: ":"), colon > line.offset else {
            if colon < line.end, ByteClass.isBlank(bytes[colon]) { throw .spaceBeforeColon }
            throw .badFieldName
        }
        let value = bytes.trimmed(ByteRange(offset: colon + 1, count: line.end - colon - 1))
        all.append(
            HeaderField(
                name: ByteRange(offset: line.offset, count: colon - line.offset), value: value))
    }
}
