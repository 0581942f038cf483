package import RIGBytes
package import RIGHTTP
package import RIGModel

/// A worker's request made into the one that goes to the host: with its secrets in their places, and
/// in the form that a server reads.
package struct SecretRequest: Sendable {
    /// A placeholder stands somewhere else than where a value replaced it.
    package let showsPlaceholder: Bool

    /// Between the worker and the sidecar, or written anew. Without `Accept-Encoding` the answer
    /// would come compressed, and nothing could be found in it.
    private static let dropped: Set<String> = [
        "host", "connection", "proxy-connection", "proxy-authorization", "keep-alive", "upgrade",
        "te", "trailer", "transfer-encoding", "content-length", "expect", "accept-encoding",
        "range",
    ]

    /// Appends the request to `output`.
    /// - Parameters:
    ///   - head: Read from `input`, like `body`.
    ///   - secrets: All of them are meant for `upstream`.
    package init(
        _ head: RequestHead, body: ByteRange, of input: ByteBuffer, to upstream: NetTarget,
        _ secrets: [EgressSecret], output: ByteBuffer
    ) {
        let start = output.count
        output.append(input, head.methodRange)
        output.append(" " as StaticString)
        if head.target.path.isEmpty { output.append("/" as StaticString) }
        output.append(input, head.target.path)
        Self.appendQuery(head.target.query.map { input.string($0) }, secrets, to: output)
        output.append(" HTTP/1.1\r\nHost: \(upstream.authority)\r\n")
        let replaced = Set(secrets.compactMap { $0.headerName?.lowercased() })
        for field in head.fields.all {
            let name = input.string(field.name).lowercased()
            if Self.dropped.contains(name) || replaced.contains(name) { continue }
            output.append(input, field.name)
            output.append(": " as StaticString)
            output.append(input, field.value)
            output.append("\r\n" as StaticString)
        }
        // Whatever still says placeholder was not replaced.
        var marker = PlaceholderMarker()
        marker.look(output, ByteRange(offset: start, count: output.count - start))
        for secret in secrets {
            switch secret.placement {
            case .header(let name, let prefix, let suffix):
                output.append("\(name): \(prefix)\(secret.value)\(suffix)\r\n")
            case .basic:
                output.append("Authorization: Basic \(Base64.encoded(secret.value))\r\n")
            case .query: continue
            }
        }
        output.append("Accept-Encoding: identity\r\nConnection: close\r\n" as StaticString)
        if !body.isEmpty || head.method != .get && head.method != .head {
            output.append("Content-Length: \(body.count)\r\n")
        }
        output.append("\r\n" as StaticString)
        let bodyStart = output.count
        output.append(input, body)
        marker.look(output, ByteRange(offset: bodyStart, count: body.count))
        showsPlaceholder = marker.isFound
    }

    /// The query without the parameters that are replaced, then those with their values.
    private static func appendQuery(
        _ query: String?, _ secrets: [EgressSecret], to output: ByteBuffer
    ) {
        let added = secrets.compactMap { secret in
            secret.parameterName.map { ($0, secret.value) }
        }
        guard !added.isEmpty else {
            if let query { output.append("?" + query) }
            return
        }
        var parts = (query ?? "").split(separator: "&", omittingEmptySubsequences: true)
            .filter { part in
                let name = PercentCode.decoded(part.prefix { $0 != "=" })
                return !added.contains { $0.0 == name }
            }
            .map(String.init)
        parts += added.map { "\($0.0)=\(PercentCode.encoded($0.1))" }
        output.append("?" + parts.joined(separator: "&"))
    }
}

extension NetTarget {
    /// As it stands in a URL with https and in a Host field.
    package var authority: String {
        guard port == 443 else { return description }
        return host.contains(":") ? "[\(host)]" : host
    }
}

extension EgressSecret {
    var headerName: String? {
        switch placement {
        case .header(let name, _, _): name
        case .basic: "Authorization"
        case .query: nil
        }
    }

    var parameterName: String? {
        if case .query(let name) = placement { name } else { nil }
    }
}

/// RFC 4648, section 4.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for index in 0..<4 {
                let isDigit = index <= part.count
                result.append(
                    isDigit ? digits[word >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Percent-encoding of query parameters (RFC 3986, section 2.1).
enum PercentCode {
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += Array("%".utf8) + Array(Hex.encode([byte]).uppercased().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is no escape stays; "+" is a blank.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let byte = UInt8(
                    String(decoding: source[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(source[index] == UInt8(ascii: "+") ? 0x20 : source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
