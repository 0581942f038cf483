internal import RIGBytes
internal import RIGConfig
internal import RIGHTTP
internal import RIGLinux
internal import RIGLoop
internal import RIGServer

/// The `rig serve` of a RIG folder, as other commands reach it: over its socket, with the token that
/// their user can read.
struct RunningSidecar: Sendable {
    private let socketPath: String
    private let token: [UInt8]

    /// nil when none runs. Blocks for a moment.
    static func find(_ place: Workplace, _ role: TokenConfig.Role) throws -> RunningSidecar? {
        let path = try place.config().server.socketPath
        do throws(Errno) {
            _ = try UnixSocket.connect(path)
        } catch {
            // A socket without a listener is of a process that was killed.
            if error == .noEntry || error == .connectionRefused { return nil }
            throw Failure(
                "server.socket", "\(path): \(error)", hint: "rig serve listens there",
                type: "system")
        }
        let token = try TokenFiles(stateFolder: try place.stateFolder()).read(role)
        return RunningSidecar(socketPath: path, token: token)
    }

    struct Response: Sendable {
        let status: Int
        let body: [UInt8]
    }

    struct Field: Sendable {
        let name: StaticString
        let value: String
    }

    func get(_ target: String, _ fields: [Field] = []) async throws -> Response {
        try await exchange("GET", target, fields, nil)
    }

    /// `body` is JSON.
    func post(_ target: String, _ fields: [Field], _ body: [UInt8]) async throws -> Response {
        try await exchange("POST", target, fields, body)
    }

    private func exchange(
        _ method: StaticString, _ target: String, _ fields: [Field], _ body: [UInt8]?
    ) async throws -> Response {
        try await RequestLoop.offload {
            do {
                return try talk(method, target, fields, body)
            } catch let fault as HTTPFault {
                throw Failure(
                    "serve", "its answer cannot be read: \(fault.text)", type: "system")
            } catch let error as Errno {
                throw Failure("serve", "the connection broke: \(error)", type: "system")
            }
        }
    }

    private func talk(
        _ method: StaticString, _ target: String, _ fields: [Field], _ body: [UInt8]?
    ) throws -> Response {
        let socket = try UnixSocket.connect(socketPath)
        let output = ByteBuffer()
        let head = HeadWriter(request: method, target, to: output)
        head.field("Host", "localhost" as StaticString)
        head.field("Authorization", "Bearer " + String(decoding: token, as: UTF8.self))
        head.field("Connection", "close" as StaticString)
        for field in fields { head.field(field.name, field.value) }
        if let body {
            head.field("Content-Type", "application/json" as StaticString)
            head.end(contentBytes: body.count)
            output.append(contentsOf: body)
        } else {
            head.end()
        }
        do throws(Errno) {
            try Transmit.writeAll(socket.fd, output.array(output.range))
        } catch {
            // A server that refuses by the head does not take the rest, but it has answered.
            if error != .brokenPipe && error != .connectionReset { throw error }
        }
        return try receive(socket.fd)
    }

    private func receive(_ fd: CInt) throws -> Response {
        let input = ByteBuffer(capacity: 16 << 10)
        var limits = HTTPLimits()
        limits.bodyBytesMax = 1 << 30
        var reader = ResponseReader(limits)
        while true {
            switch try reader.read(input) {
            case .head, .body: continue
            case .complete:
                return Response(status: reader.status, body: input.array(reader.body))
            case .needsMore:
                _ = try Poll.wait(fd, for: .read, timeoutMilliseconds: nil)
                guard let bytes = try Transmit.readSome(fd, bytesMax: 64 << 10) else { continue }
                if bytes.isEmpty { try reader.finish() } else { input.append(contentsOf: bytes) }
            }
        }
    }
}
