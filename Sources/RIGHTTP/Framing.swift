internal import RIGBytes

/// What decides where a message ends and whether another follows. Wherever two readers could come
/// to different ends, the message is refused.
enum Framing {
    /// The body's length by its fields; nil when there is neither of the two.
    static func bodyLength(
        _ fields: HeaderFields, _ bytes: Span<UInt8>, minorVersion: Int
    ) throws(HTTPFault) -> BodyLength? {
        let length: ByteRange?
        switch fields.find("content-length", bytes) {
        case .none: length = nil
        case .one(let value): length = value
        case .repeated: throw .contentLengthRepeated
        }
        switch fields.find("transfer-encoding", bytes) {
        case .none:
            return try length.map { (range) throws(HTTPFault) in
                .fixed(try number(bytes, range))
            }
        case .repeated: throw .encodingRepeated
        case .one(let value):
            guard minorVersion > 0 else { throw .encodingInOldVersion }
            guard length == nil else { throw .lengthAndEncoding }
            if bytes.equalsIgnoringCase(value, "chunked") { return .chunked }
            throw bytes.isToken(value) ? .unsupportedEncoding : .badEncoding
        }
    }

    /// Digits only, no sign, no list.
    private static func number(
        _ bytes: Span<UInt8>, _ range: ByteRange
    ) throws(HTTPFault) -> Int {
        // 18 digits fit an Int whatever they are.
        guard range.count >= 1, range.count <= 18 else { throw .badContentLength }
        var value = 0
        for index in range.offset..<range.end {
            guard ByteClass.isDigit(bytes[index]) else { throw .badContentLength }
            value = value * 10 + Int(bytes[index] &- 0x30)
        }
        return value
    }

    /// Whether the connection goes on, by all Connection fields (RFC 9112, section 9.3).
    static func keepsAlive(
        _ fields: HeaderFields, _ bytes: Span<UInt8>, minorVersion: Int
    ) throws(HTTPFault) -> Bool {
        var (isClosing, isKeeping) = (false, false)
        for index in fields.all.indices
        where bytes.equalsIgnoringCase(fields.all[index].name, "connection") {
            try forEachToken(bytes, fields.all[index].value) { option in
                if bytes.equalsIgnoringCase(option, "close") { isClosing = true }
                if bytes.equalsIgnoringCase(option, "keep-alive") { isKeeping = true }
            }
        }
        return !isClosing && (minorVersion > 0 || isKeeping)
    }

    /// The tokens of a list; empty elements are allowed (RFC 9110, section 5.6.1).
    private static func forEachToken(
        _ bytes: Span<UInt8>, _ list: ByteRange, _ body: (ByteRange) -> Void
    ) throws(HTTPFault) {
        var start = list.offset
        while start <= list.end {
            let rest = ByteRange(offset: start, count: list.end - start)
            let comma = bytes.firstIndex(of: UInt8(ascii: ","), in: rest) ?? list.end
            let element = bytes.trimmed(ByteRange(offset: start, count: comma - start))
            if !element.isEmpty {
                guard bytes.isToken(element) else { throw .badConnection }
                body(element)
            }
            start = comma + 1
        }
    }
}
