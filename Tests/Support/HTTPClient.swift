import RIGBytes
import RIGHTTP
import RIGLinux

/// A blocking client that speaks bytes.
package final class HTTPClient {
    private let descriptor: Descriptor
    private let input = ByteBuffer()

    package init(port: UInt16) throws {
        descriptor = try TCPSocket.connect(host: "127.0.0.1", port: port)
        _ = try Poll.wait(descriptor.fd, for: .write, timeoutMilliseconds: 5_000)
    }

    package init(path: String) throws {
        descriptor = try UnixSocket.connect(path)
    }

    package func send(_ text: String) throws {
        try Transmit.writeAll(descriptor.fd, Array(text.utf8))
    }

    package func finishSending() throws { try UnixSocket.finishSending(descriptor.fd) }

    package struct Response: Equatable {
        package let status: Int
        package let body: String
        package let fields: [String: String]
    }

    /// The next response; nil when the server ends the connection first.
    package func response(isOfHead: Bool = false) throws -> Response? {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 64 << 20
        var reader = ResponseReader(isOfHead: isOfHead, limits)
        while true {
            switch try reader.read(input) {
            case .head, .body: continue
            case .complete: return take(reader)
            case .needsMore:
                if try receive() { continue }
                if input.isEmpty { return nil }
                try reader.finish()
                return take(reader)
            }
        }
    }

    private func take(_ reader: ResponseReader) -> Response {
        let fields = reader.fields.all.map {
            (input.string($0.name).lowercased(), input.string($0.value))
        }
        let response = Response(
            status: reader.status, body: input.string(reader.body),
            fields: Dictionary(fields) { one, _ in one })
        input.removeFirst(reader.end)
        return response
    }

    /// All that comes until the server ends the connection.
    package func rest() throws -> String {
        while try receive() {}
        return input.string(input.range)
    }

    /// Waits until so many bytes have come.
    package func bytes(_ count: Int) throws -> String {
        while input.count < count, try receive() {}
        return input.string(ByteRange(offset: 0, count: min(count, input.count)))
    }

    /// Waits until `text` stands in what has come and was not taken.
    package func wait(for text: String) throws {
        while !input.string(input.range).contains(text) {
            guard try receive() else { throw Errno.connectionReset }
        }
    }

    private func receive() throws -> Bool {
        guard try Poll.wait(descriptor.fd, for: .read, timeoutMilliseconds: 20_000) else {
            throw Errno.timedOut
        }
        do {
            switch try unsafe Transmit.read(descriptor.fd, into: input.unsafeRoom(atLeast: 4096)) {
            case .bytes(let count):
                input.commit(count)
                return true
            case .wouldBlock: return true
            case .end: return false
            }
        } catch .connectionReset {
            return false
        }
    }
}
