internal import RIGBytes

/// Finds lines that end with CRLF and have no other control character but the tab (RFC 9112,
/// section 2.2). Looks at every byte once, however the lines arrive.
struct LineReader: Sendable {
    /// Where the next line begins.
    private(set) var start: Int
    /// No end of the line stands before this.
    private var scanned: Int

    init(at offset: Int) {
        start = offset
        scanned = offset
    }

    /// What stands before the line was dropped from the buffer.
    mutating func shift(by bytes: Int) {
        start -= bytes
        scanned -= bytes
    }

    /// The next line without its CRLF; nil when its end has not arrived.
    mutating func next(
        _ bytes: Span<UInt8>, bytesMax: Int, tooLong: HTTPFault
    ) throws(HTTPFault) -> ByteRange? {
        var index = scanned
        defer { scanned = index }
        // A limit below zero leaves no room for the empty line either.
        let limit = min(bytes.count, start + bytesMax + 1)
        while index < limit {
            let byte = bytes[index]
            if byte >= 0x20 && byte != 0x7F || byte == ByteClass.tab {
                index += 1
                continue
            }
            switch byte {
            case ByteClass.carriageReturn:
                if index + 1 == bytes.count { return nil }
                guard bytes[index + 1] == ByteClass.lineFeed else { throw .bareCarriageReturn }
                let line = ByteRange(offset: start, count: index - start)
                index += 2
                start = index
                return line
            case ByteClass.lineFeed: throw .bareLineFeed
            default: throw .controlCharacter
            }
        }
        if index - start > bytesMax { throw tooLong }
        return nil
    }
}
