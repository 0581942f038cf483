import Foundation
import RIGLinux
import RIGLoop
import RIGServer
import RIGTestSupport
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

    func connect() throws -> HTTPClient { try HTTPClient(port: port) }
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

extension String {
    static func get(_ path: String = "/", _ lines: String...) -> String {
        (["GET \(path) HTTP/1.1", "Host: h"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
    }

    static func post(_ path: String = "/", body: String, _ lines: String...) -> String {
        (["POST \(path) HTTP/1.1", "Host: h", "Content-Length: \(body.utf8.count)"] + lines)
            .joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
