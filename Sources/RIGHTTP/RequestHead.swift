package import RIGBytes

/// A request's first line and fields, as ranges of the buffer it was read from.
package struct RequestHead: Sendable {
    package internal(set) var method = HTTPMethod.get
    package internal(set) var methodRange = ByteRange(offset: 0, count: 0)
    package internal(set) var target = RequestTarget.empty
    /// 0 or 1.
    package internal(set) var minorVersion = 1
    package internal(set) var fields = HeaderFields()
    /// The Host field, or the target's authority where it has one; nil only in HTTP/1.0.
    package internal(set) var host: Authority?
    package internal(set) var body = BodyLength.fixed(0)
    /// Whether the connection serves another request after this one.
    package internal(set) var keepsAlive = true
    /// The client waits for 100 Continue before it sends the body.
    package internal(set) var expectsContinue = false

    init() {}
}

/// How the end of a body is found (RFC 9112, section 6.3).
package enum BodyLength: Equatable, Sendable {
    case fixed(Int)
    case chunked
    /// A response's body that ends with its connection.
    case untilClose
}
