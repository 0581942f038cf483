internal import RIGBytes

/// The methods of RFC 9110, section 9, which are case-sensitive.
package enum HTTPMethod: Equatable, Sendable {
    case get, head, post, put, delete, connect, options, trace, patch
    /// Another token; a server answers 501.
    case other

    /// Bytes a method may have.
    private static let bytesMax = 32

    init(_ bytes: Span<UInt8>, _ range: ByteRange) throws(HTTPFault) {
        guard range.count <= Self.bytesMax, bytes.isToken(range) else { throw .badMethod }
        func matches(_ text: StaticString) -> Bool { bytes.equals(range, text) }
        self = .other
        if matches("GET") { self = .get }
        if matches("POST") { self = .post }
        if matches("HEAD") { self = .head }
        if matches("PUT") { self = .put }
        if matches("DELETE") { self = .delete }
        if matches("CONNECT") { self = .connect }
        if matches("OPTIONS") { self = .options }
        if matches("TRACE") { self = .trace }
        if matches("PATCH") { self = .patch }
    }
}
