internal import RIGBytes
internal import RIGHTTP

/// What a client of the proxy asks for (RFC 9110, sections 7.6 and 9.3.6).
struct ProxyRequest: Sendable {
    enum Kind: Sendable, Equatable {
        case connect
        /// Plain HTTP, one request; so many bytes of its body have not come yet.
        case forward(missingBytes: Int)
    }

    let host: HostName
    let port: UInt16
    let kind: Kind
    /// What goes to the host first: the rewritten request, or what came after CONNECT's head.
    let first: [UInt8]

    private init(_ host: HostName, _ port: UInt16, _ kind: Kind, _ first: ByteBuffer) {
        self.host = host
        self.port = port
        self.kind = kind
        self.first = first.array(first.range)
    }

    /// Fields that are between the client and the proxy, and what would let a second request pass
    /// on the same connection to a host it is not meant for.
    private static let dropped: [StaticString] = [
        "connection", "proxy-connection", "proxy-authorization", "proxy-authenticate",
        "keep-alive", "upgrade", "te", "host",
    ]

    static func make(
        _ head: RequestHead, bodyOffset: Int, _ input: ByteBuffer
    ) -> Result<ProxyRequest, EgressReason> {
        let target = head.target
        guard let authority = target.authority else { return .failure(.badRequest) }
        guard let host = HostName(input.string(authority.host)) else { return .failure(.badHost) }
        let rest = ByteRange(offset: bodyOffset, count: input.count - bodyOffset)
        let first = ByteBuffer(capacity: input.count)
        switch target.form {
        case .authority:
            guard let port = authority.port, port > 0 else { return .failure(.badHost) }
            first.append(input, rest)
            return .success(ProxyRequest(host, port, .connect, first))
        case .absolute:
            // https in the absolute form would have the proxy speak TLS for the client.
            guard !target.isSecure, authority.port != 0, case .fixed(let bytes) = head.body else {
                return .failure(.badRequest)
            }
            let port = authority.port ?? EgressPolicy.plainPort
            append(head, authority, input, to: first)
            let there = ByteRange(offset: rest.offset, count: min(rest.count, bytes))
            first.append(input, there)
            return .success(
                ProxyRequest(host, port, .forward(missingBytes: bytes - there.count), first))
        case .origin, .asterisk:
            return .failure(.badRequest)
        }
    }

    private static func append(
        _ head: RequestHead, _ authority: Authority, _ input: ByteBuffer, to first: ByteBuffer
    ) {
        first.append(input, head.methodRange)
        first.append(" " as StaticString)
        if head.target.path.isEmpty { first.append("/" as StaticString) }
        first.append(input, head.target.path)
        if let query = head.target.query {
            first.append("?" as StaticString)
            first.append(input, query)
        }
        first.append(" HTTP/1.1\r\nHost: " as StaticString)
        first.append(input, authority.host)
        if let port = authority.port { first.append(":\(port)") }
        first.append("\r\n" as StaticString)
        for field in head.fields.all {
            let name = input.string(field.name).lowercased()
            if dropped.contains(where: { $0.description == name }) { continue }
            first.append(input, field.name)
            first.append(": " as StaticString)
            first.append(input, field.value)
            first.append("\r\n" as StaticString)
        }
        first.append("Connection: close\r\n\r\n" as StaticString)
    }
}
