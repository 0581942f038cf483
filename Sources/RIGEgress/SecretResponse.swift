package import RIGBytes
internal import RIGHTTP
internal import RIGModel
internal import RIGRedact

/// A host's answer made into the one that the worker gets: framed anew, and without any secret that
/// was put into the request, however the host spells it back (docs/secrets.md).
///
/// Bytes of the host go in as they come, bytes for the worker come out; nothing here does I/O.
///
///     var response = SecretResponse(redactor, …)
///     try response.feed(bytes, to: output)      // again and again
///     try response.finish(to: output)           // the host has ended
package struct SecretResponse {
    private enum Body {
        case none
        case fixed(left: Int)
        case chunked(ChunkReader)
        case untilClose
        case over
    }

    private let redactor: Redactor?
    /// No form of a value is longer: percent-encoding makes three bytes of one, an escape six.
    private let formBytesMax: Int
    private let upstream: String
    private let isOfHead: Bool
    private let isChunking: Bool
    /// What was received and not understood yet.
    private let input = ByteBuffer(capacity: 16 << 10)
    /// Content that may be the beginning of a secret, or a JSON text that is not whole yet.
    private let held = ByteBuffer(capacity: 0)
    private var reader: ResponseReader
    private var limits: HTTPLimits
    private var body: Body?
    private var isJSON = false

    package private(set) var status: Int?
    /// Nothing of the head was put out yet: the worker can still be told otherwise.
    package var isUnanswered: Bool { body == nil || isWithheld }
    /// The head waits for a JSON text to be whole, so that a refusal can take its place.
    private var isWithheld = false
    private let head = ByteBuffer(capacity: 1024)

    /// Everything that is to be put out was.
    package var isOver: Bool { if case .over? = body { true } else { false } }

    /// - Parameters:
    ///   - secrets: What was put into the request.
    ///   - upstream: The host as it stands in a redirect, `https://` before it.
    ///   - minorVersion: The worker's of HTTP/1; 0 knows no chunks.
    package init(
        _ secrets: [EgressSecret], upstream: String, isOfHead: Bool, minorVersion: Int
    ) {
        redactor = Redactor(
            secrets.map { Redactor.Secret(slot: $0.slot, value: $0.value.utf8) })
        formBytesMax = 8 * (secrets.map(\.value.utf8.count).max() ?? 0) + 64
        self.upstream = upstream
        self.isOfHead = isOfHead
        isChunking = minorVersion > 0
        var limits = HTTPLimits()
        limits.bodyBytesMax = Limits.egressTunnelBytesMax
        limits.chunkFramingBytesMax = Limits.egressTunnelBytesMax
        limits.headBytesMax = 64 << 10
        self.limits = limits
        reader = ResponseReader(isOfHead: isOfHead, limits)
    }

    package mutating func feed(
        _ bytes: ByteBuffer, _ range: ByteRange, to output: ByteBuffer
    ) throws(EgressReason) {
        input.append(bytes, range)
        if body == nil { try readHead(output) }
        try readBody(to: output)
    }

    /// The host has ended its side.
    package mutating func finish(to output: ByteBuffer) throws(EgressReason) {
        switch body {
        case .untilClose?: try end(output)
        case .over?: break
        default: throw .upstreamMalformed
        }
    }

    // The head

    private mutating func readHead(_ output: ByteBuffer) throws(EgressReason) {
        do throws(HTTPFault) {
            guard try reader.read(input) == .head else { return }
        } catch {
            throw .upstreamMalformed
        }
        status = reader.status
        guard reader.status != 101 else { throw .upstreamMalformed }
        if case .one(let coding) = reader.fields.find("content-encoding", in: input),
            input.string(coding).lowercased() != "identity", !isOfHead
        {
            throw .notScrubbable
        }
        let hasBody = !isOfHead && reader.status != 204 && reader.status != 304
        let next = hasBody ? length() : .none
        writeHead(hasBody: hasBody)
        if case .one(let type) = reader.fields.find("content-type", in: input), hasBody {
            let media = input.string(type).prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            isJSON = media == "application/json" || media.hasSuffix("+json")
        }
        input.removeFirst(reader.body.offset)
        body = next
        isWithheld = isJSON && redactor != nil
        if !isWithheld { putHead(output) }
        if case .none = next { body = .over }
    }

    /// The reader has made sure that there is one length, or none.
    private func length() -> Body {
        if case .one = reader.fields.find("transfer-encoding", in: input) {
            return .chunked(ChunkReader(at: 0, limits))
        }
        guard case .one(let digits) = reader.fields.find("content-length", in: input),
            let count = Int(input.string(digits))
        else { return .untilClose }
        return .fixed(left: count)
    }

    /// Between the host and the sidecar, or about the length before the cut.
    private static let dropped: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-connection", "transfer-encoding",
        "content-length", "trailer", "upgrade", "alt-svc", "content-md5", "digest",
        "strict-transport-security",
    ]

    private func writeHead(hasBody: Bool) {
        let writer = HeadWriter(response: reader.status, to: head)
        for field in reader.fields.all {
            let name = input.string(field.name)
            if Self.dropped.contains(name.lowercased()) { continue }
            var value = input.string(field.value)
            if let redactor {
                // No place for a replacement: the field goes.
                if redactor.redacted(name) != name { continue }
                value = redactor.redacted(value)
            }
            if name.lowercased() == "location" { value = Self.location(value, upstream) }
            head.append("\(name): ")
            head.append(contentsOf: value.utf8.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            head.append("\r\n" as StaticString)
        }
        writer.field("Connection", "close" as StaticString)
        if hasBody && isChunking { writer.endChunked() } else { writer.end() }
    }

    /// A redirect to the same host leads back to where its secrets are put in.
    private static func location(_ value: String, _ upstream: String) -> String {
        let prefix = "https://" + upstream
        guard value.lowercased().hasPrefix(prefix) else { return value }
        let rest = value.dropFirst(prefix.count)
        guard rest.isEmpty || "/?#".contains(rest.prefix(1)) else { return value }
        let host = upstream.prefix { $0 != ":" || upstream.hasPrefix("[") }
        return "http://\(host)\(rest)"
    }

    private func putHead(_ output: ByteBuffer) {
        output.append(head, head.range)
        head.removeAll()
    }

    // The body

    private mutating func readBody(to output: ByteBuffer) throws(EgressReason) {
        while true {
            switch body {
            case nil, .none?, .over?: return
            case .fixed(let left)?:
                let count = min(left, input.count)
                if count > 0 { try take(ByteRange(offset: 0, count: count), output) }
                input.removeFirst(count)
                body = .fixed(left: left - count)
                if left == count { try end(output) }
                return
            case .untilClose?:
                if !input.isEmpty { try take(input.range, output) }
                input.removeAll()
                return
            case .chunked(var chunks)?:
                let piece: ChunkReader.Piece
                do throws(HTTPFault) {
                    piece = try chunks.next(input)
                } catch {
                    throw .upstreamMalformed
                }
                if case .content(let range) = piece { try take(range, output) }
                let read = chunks.offset
                input.removeFirst(read)
                chunks.shift(by: read)
                body = .chunked(chunks)
                if piece == .end { return try end(output) }
                if piece == .needsMore { return }
            }
        }
    }

    private mutating func take(
        _ range: ByteRange, _ output: ByteBuffer
    ) throws(EgressReason) {
        guard let redactor else { return put(input, range, output) }
        held.append(input, range)
        if isJSON {
            guard held.count > Limits.egressJSONBytesMax else { return }
            // Too long to wait for: from here on as text.
            isJSON = false
            isWithheld = false
            putHead(output)
        }
        if case .clean = redactor.redact(held, held.range, .text) {
            // Then only the end can be the beginning of one, and all before it goes as it is.
            let start = max(0, held.count - formBytesMax)
            let tail = ByteRange(offset: start, count: held.count - start)
            let settled = start + redactor.settledBytes(held, tail)
            put(held, ByteRange(offset: 0, count: settled), output)
            held.removeFirst(settled)
        } else {
            let settled = redactor.settledBytes(held, held.range)
            try putRedacted(ByteRange(offset: 0, count: settled), .text, output)
            held.removeFirst(settled)
        }
    }

    private mutating func end(_ output: ByteBuffer) throws(EgressReason) {
        if redactor != nil { try putRedacted(held.range, isJSON ? .json : .text, output) }
        if isWithheld { putHead(output) }
        isWithheld = false
        if isChunking { ChunkWriter.appendEnd(to: output) }
        body = .over
    }

    private mutating func putRedacted(
        _ range: ByteRange, _ kind: TextKind, _ output: ByteBuffer
    ) throws(EgressReason) {
        guard let redactor, !range.isEmpty else { return }
        let result = redactor.redact(held, range, kind)
        if case .inStructure = result { throw .notScrubbable }
        if isWithheld {
            isWithheld = false
            putHead(output)
        }
        if case .redacted(let clean) = result {
            put(clean, clean.range, output)
        } else {
            put(held, range, output)
        }
    }

    private func put(_ bytes: ByteBuffer, _ range: ByteRange, _ output: ByteBuffer) {
        if isChunking {
            ChunkWriter.append(bytes, range, to: output)
        } else {
            output.append(bytes, range)
        }
    }
}
