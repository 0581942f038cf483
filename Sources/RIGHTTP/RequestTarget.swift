package import RIGBytes

/// The four forms of a request target (RFC 9112, section 3.2).
package struct RequestTarget: Equatable, Sendable {
    package enum Form: Sendable {
        /// `/path?query`: what a server is asked.
        case origin
        /// `http://host/path`: what a proxy is asked.
        case absolute
        /// `host:port`: CONNECT only.
        case authority
        /// `*`: OPTIONS only.
        case asterisk
    }

    package let form: Form
    /// The target as a whole.
    package let range: ByteRange
    /// In the absolute and the authority form.
    package let authority: Authority?
    /// Without the query; empty where there is none.
    package let path: ByteRange
    /// Without its question mark.
    package let query: ByteRange?
    /// The absolute form's scheme was `https`.
    package let isSecure: Bool

    static let empty = RequestTarget(
        .origin, ByteRange(offset: 0, count: 0), path: ByteRange(offset: 0, count: 0))

    private init(
        _ form: Form, _ range: ByteRange, authority: Authority? = nil, path: ByteRange,
        query: ByteRange? = nil, isSecure: Bool = false
    ) {
        self.form = form
        self.range = range
        self.authority = authority
        self.path = path
        self.query = query
        self.isSecure = isSecure
    }

    /// Reads the target of a request by `method`.
    init(
        _ bytes: Span<UInt8>, _ range: ByteRange, _ method: HTTPMethod
    ) throws(HTTPFault) {
        guard !range.isEmpty else { throw .badTarget }
        let nothing = ByteRange(offset: range.end, count: 0)
        if method == .connect {
            guard let authority = Authority(bytes, range), authority.port != nil else {
                throw .badTarget
            }
            self.init(.authority, range, authority: authority, path: nothing)
        } else if bytes[range.offset] == UInt8(ascii: "/") {
            let (path, query) = try Self.pathAndQuery(bytes, range)
            self.init(.origin, range, path: path, query: query)
        } else if bytes[range.offset] == UInt8(ascii: "*") {
            guard range.count == 1, method == .options else { throw .badTarget }
            self.init(.asterisk, range, path: nothing)
        } else {
            let (scheme, isSecure) = try Self.schemeCount(bytes, range)
            var end = range.offset + scheme
            while end < range.end, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?")
            { end += 1 }
            let host = ByteRange(
                offset: range.offset + scheme, count: end - range.offset - scheme)
            guard let authority = Authority(bytes, host) else { throw .badTarget }
            let (path, query) = try Self.pathAndQuery(
                bytes, ByteRange(offset: end, count: range.end - end))
            self.init(
                .absolute, range, authority: authority, path: path, query: query,
                isSecure: isSecure)
        }
    }

    /// Bytes of `http://` or `https://`, and which one it was.
    private static func schemeCount(
        _ bytes: Span<UInt8>, _ range: ByteRange
    ) throws(HTTPFault) -> (Int, Bool) {
        if range.count > 7,
            bytes.equalsIgnoringCase(ByteRange(offset: range.offset, count: 7), "http://")
        {
            return (7, false)
        }
        if range.count > 8,
            bytes.equalsIgnoringCase(ByteRange(offset: range.offset, count: 8), "https://")
        {
            return (8, true)
        }
        throw .badTarget
    }

    private static func pathAndQuery(
        _ bytes: Span<UInt8>, _ range: ByteRange
    ) throws(HTTPFault) -> (ByteRange, ByteRange?) {
        var question: Int?
        var index = range.offset
        while index < range.end {
            let byte = bytes[index]
            if ByteClass.isPathCharacter(byte) || byte == UInt8(ascii: "/") {
                index += 1
            } else if byte == UInt8(ascii: "?") {
                if question == nil { question = index }
                index += 1
            } else if byte == UInt8(ascii: "%"), index + 2 < range.end,
                ByteClass.hexValue(bytes[index + 1]) != nil,
                ByteClass.hexValue(bytes[index + 2]) != nil
            {
                index += 3
            } else {
                throw .badTarget
            }
        }
        guard let question else { return (range, nil) }
        return (
            ByteRange(offset: range.offset, count: question - range.offset),
            ByteRange(offset: question + 1, count: range.end - question - 1)
        )
    }
}
