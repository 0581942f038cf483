import Foundation
import RIGBytes
import RIGHTTP
import RIGLinux
import RIGLoop
import RIGServer
import XCTest

/// A handler made of two functions.
@RequestLoop
final class ScriptedHandler: HTTPHandler {
    var admits: @RequestLoop (HTTPExchange) -> Void = { _ in }
    var answers: @RequestLoop (HTTPExchange) async -> Void = { exchange in
        exchange.output.append(exchange.input, exchange.body)
        exchange.respond(200, "text/plain")
    }

    func admit(_ exchange: HTTPExchange) { admits(exchange) }
    func handle(_ exchange: HTTPExchange) async { await answers(exchange) }
}

/// A server on a free port of this machine and on a Unix socket, and clients of it that block.
final class Bench: @unchecked Sendable {
    let handler: ScriptedHandler
    let server: Server
    let port: UInt16
    let socketPath: String
    private let folder: String

    init(
        _ limits: ServerLimits = ServerLimits(),
        _ script: @escaping @Sendable @RequestLoop (ScriptedHandler) -> Void = { _ in }
    )
        throws
    {
        EventLoop.startOnThread()
        folder = NSTemporaryDirectory() + "rig-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/s"
        socketPath = path
        (handler, server, port) = try onLoop {
            let handler = ScriptedHandler()
            script(handler)
            let server = Server(handler, limits)
            let tcp = try TCPSocket.listen(host: "127.0.0.1", port: 0)
            let port = try TCPSocket.localPort(tcp.fd)
            try server.listen(tcp, isUnix: false)
            try server.listen(try UnixSocket.listen(path), isUnix: true)
            return (handler, server, port)
        }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: folder) } catch { print(error) }
    }

    func connect() throws -> Client { try Client(port: port) }
}

/// Runs `body` on the loop and waits for it.
func onLoop<Value: Sendable>(
    _ body: @escaping @Sendable @RequestLoop () async throws -> Value
) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Value>()
    RequestLoop.start {
        do { box.result = .success(try await body()) } catch { box.result = .failure(error) }
        done.signal()
    }
    done.wait()
    guard let result = box.result else { throw CancellationError() }
    return try result.get()
}

private final class Box<Value: Sendable>: @unchecked Sendable {
    var result: Result<Value, any Error>?
}

/// A blocking client that speaks bytes.
final class Client {
    private let descriptor: Descriptor
    private let input = ByteBuffer()

    init(port: UInt16) throws {
        descriptor = try TCPSocket.connect(host: "127.0.0.1", port: port)
        _ = try Poll.wait(descriptor.fd, for: .write, timeoutMilliseconds: 5_000)
    }

    init(path: String) throws {
        descriptor = try UnixSocket.connect(path)
    }

    func send(_ text: String) throws {
        try Transmit.writeAll(descriptor.fd, Array(text.utf8))
    }

    func finishSending() throws { try UnixSocket.finishSending(descriptor.fd) }

    struct Response: Equatable {
        let status: Int
        let body: String
        let fields: [String: String]
    }

    /// The next response; nil when the server ends the connection first.
    func response(isOfHead: Bool = false) throws -> Response? {
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
    func rest() throws -> String {
        while try receive() {}
        return input.string(input.range)
    }

    /// Waits until so many bytes have come.
    func bytes(_ count: Int) throws -> String {
        while input.count < count, try receive() {}
        return input.string(ByteRange(offset: 0, count: min(count, input.count)))
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

extension String {
    static func get(_ path: String = "/", _ lines: String...) -> String {
        (["GET \(path) HTTP/1.1", "Host: h"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
    }

    static func post(_ path: String = "/", body: String, _ lines: String...) -> String {
        (["POST \(path) HTTP/1.1", "Host: h", "Content-Length: \(body.utf8.count)"] + lines)
            .joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
