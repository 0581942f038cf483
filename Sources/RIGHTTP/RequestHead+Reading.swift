internal import RIGBytes

extension RequestHead {
    /// Forgets the last request, and keeps the room of its fields.
    mutating func reset() {
        fields.removeAll()
        host = nil
        body = .fixed(0)
        expectsContinue = false
    }

    /// `METHOD SP target SP HTTP/1.x`, with single spaces (RFC 9112, section 3).
    mutating func readLine(_ line: ByteRange, _ bytes: Span<UInt8>) throws(HTTPFault) {
        guard let first = bytes.firstIndex(of: ByteClass.space, in: line) else {
            throw .badRequestLine
        }
        let rest = ByteRange(offset: first + 1, count: line.end - first - 1)
        guard let second = bytes.firstIndex(of: ByteClass.space, in: rest) else {
            throw .badRequestLine
        }
        methodRange = ByteRange(offset: line.offset, count: first - line.offset)
        method = try HTTPMethod(bytes, methodRange)
        minorVersion = try Self.minorVersion(
            bytes, ByteRange(offset: second + 1, count: line.end - second - 1))
        target = try RequestTarget(
            bytes, ByteRange(offset: first + 1, count: second - first - 1), method)
    }

    /// `HTTP/1.0` and `HTTP/1.1`.
    static func minorVersion(
        _ bytes: Span<UInt8>, _ range: ByteRange
    ) throws(HTTPFault) -> Int {
        // The name is case-sensitive: `http/1.1` is malformed, `HTTP/2.0` only not for us.
        guard range.count == 8,
            bytes.equals(ByteRange(offset: range.offset, count: 5), "HTTP/"),
            bytes[range.offset + 6] == UInt8(ascii: "."),
            ByteClass.isDigit(bytes[range.offset + 5]), ByteClass.isDigit(bytes[range.offset + 7])
        else { throw .badVersion }
        switch (bytes[range.offset + 5], bytes[range.offset + 7]) {
        case (0x31, 0x30): return 0
        case (0x31, 0x31): return 1
        default: throw .unsupportedVersion
        }
    }

    /// What the fields say together, once all are there.
    mutating func finish(_ bytes: Span<UInt8>) throws(HTTPFault) {
        host = try readHost(bytes)
        let length = try Framing.bodyLength(fields, bytes, minorVersion: minorVersion)
        body = length ?? .fixed(0)
        if method == .connect, body != .fixed(0) { throw .bodyOfConnect }
        keepsAlive = try Framing.keepsAlive(fields, bytes, minorVersion: minorVersion)
        switch fields.find("expect", bytes) {
        case .none: break
        case .one(let value) where bytes.equalsIgnoringCase(value, "100-continue"):
            expectsContinue = minorVersion > 0 && body != .fixed(0)
        case .one, .repeated: throw .unknownExpectation
        }
    }

    private func readHost(_ bytes: Span<UInt8>) throws(HTTPFault) -> Authority? {
        switch fields.find("host", bytes) {
        case .repeated: throw .hostRepeated
        case .none:
            guard minorVersion == 0 else { throw .hostMissing }
            return target.authority
        case .one(let value):
            guard let host = Authority(bytes, value) else { throw .badHost }
            guard let wanted = target.authority else { return host }
            // A client repeats the target's authority (section 3.2), if only with its port left
            // out. One that says two hosts wants two readers to see two.
            let isSame = bytes.equalsIgnoringCase(host.host, wanted.host)
            guard isSame, host.port == nil || wanted.port == nil || host.port == wanted.port
            else { throw .hostConflict }
            return wanted
        }
    }
}
