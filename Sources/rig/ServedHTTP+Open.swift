internal import RIGConfig
internal import RIGHTTP
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGMCP
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGRGP
internal import RIGServer

/// Opening in the order in which each part needs the others: what is cheap to refuse comes before
/// packs are started for nothing.
extension ServedHTTP {
    /// The socket and its descriptors, workers and files: connections have the rest.
    private static let openFilesMax: UInt64 = 16_384

    static func open(_ place: Workplace, _ log: ServeLog) async throws -> ServedHTTP {
        let config = try place.config()
        try checkExposure(config)
        let state = try place.stateFolder()
        guard let lock = try FileLock.acquire(Path.join(state, "serve.lock")) else {
            throw Failure(
                "serve", "another rig serve has this folder", hint: "end it, or use it",
                type: "state")
        }
        let tokens = try ServedTokens(config, stateFolder: state) { fault in
            log.write(
                "error", "tokens",
                ["path": .string(fault.path), "error": .string("\(fault.reason)")])
        }
        try raiseFileLimit()
        let table = try tokens.table()
        let description = try describe()
        var listener = try listenTCP(config.server.listen)
        let port = try listener.port()
        let access = Access(table, HostRule(listen: config.server.listen, port: port))
        let sidecar = try await Sidecar.open(place)
        let late = Late()
        let front = RGPFront(
            sidecar.gateway, access,
            RGPFront.Surroundings(
                database: try place.database(), description: description,
                startedMilliseconds: WallClock.nowMilliseconds(), reload: { await late.reload() }))
        var limits = ServerLimits()
        limits.http.bodyBytesMax = Limits.payloadBytesMax + Limits.envelopeBytesMax
        let board = ToolBoard()
        board.open(sidecar.gateway)
        let keeper = sidecar.keeper
        let options = MCPBridge.Options(place) { keeper.config.mcp.hostApproves }
        let mcp = MCPFront(MCPBridge(board, options), access)
        let server = Server(FrontChoice(mcp: mcp, others: front), limits)
        front.server = server
        let served = ServedHTTP(
            sidecar, server, access, tokens, config.server.socketPath, log, lock)
        late.served = served
        do {
            try server.listen(try listenUnix(config.server.socketPath), isUnix: true)
            if let socket = listener.take() { try server.listen(socket, isUnix: false) }
        } catch {
            try await served.close(graceMilliseconds: 0)
            throw error
        }
        served.begin(
            listen: config.server.listen.flatMap { address in
                port.map { "\(ListenAddress.bound(address.host, $0))" }
            })
        return served
    }

    /// Whoever can reach the port can try tokens: beyond this machine there must be ones that were
    /// given out on purpose.
    static func checkExposure(
        _ config: Config, _ address: ListenAddress? = nil
    ) throws {
        guard let listen = address ?? config.server.listen, !listen.isLoopback,
            config.tokens.isEmpty
        else {
            return
        }
        throw Failure(
            "server.listen",
            "\(listen) can be reached from other machines and rig.yaml has no tokens",
            hint: "listen on 127.0.0.1, or list `tokens:` with the hash of each",
            code: .usage, type: "config")
    }

    private static func raiseFileLimit() throws {
        var limit = try ResourceLimit.get(.openFiles)
        let wanted = min(limit.hard ?? openFilesMax, openFilesMax)
        guard let soft = limit.soft, soft < wanted else { return }
        limit.soft = wanted
        try ResourceLimit.set(.openFiles, limit)
    }

    private static func describe() throws -> [UInt8] {
        let installation = try Installation.find(
            program: try Facts.executablePath(), home: Environment.get("RIG_HOME"))
        do throws(OpenAPIFault) {
            return try OpenAPIDocument.load(Path.join(installation.home, "spec"))
        } catch {
            throw Failure(
                "installation", "\(error.path) is missing or malformed",
                hint: "set RIG_HOME to the folder that holds runners, sandbox-profiles and spec",
                type: "installation")
        }
    }

    static func listenTCP(_ address: ListenAddress?) throws -> ListeningSocket {
        guard let address else { return ListeningSocket() }
        guard !address.host.utf8.contains(UInt8(ascii: ":")) else {
            throw Failure(
                "server.listen", "\(address): IPv6 is not served", hint: "listen on 127.0.0.1",
                code: .usage, type: "config")
        }
        let host = address.host == "localhost" ? "127.0.0.1" : address.host
        do throws(Errno) {
            return ListeningSocket(
                try TCPSocket.listen(host: host, port: address.port, backlog: 1_024))
        } catch {
            let hint = error == .addressInUse ? "another program has it" : nil
            throw Failure("server.listen", "\(address): \(error)", hint: hint, type: "system")
        }
    }

    /// Whoever holds the folder's lock owns its socket: one that is there already is of a process
    /// that was killed.
    private static func listenUnix(_ path: String) throws -> Descriptor {
        do throws(Errno) {
            if let status = try FileStatus.ifPresent(path) {
                guard status.kind == .socket else { throw Errno.exists }
                try File.remove(path)
            }
            return try UnixSocket.listen(path, mode: 0o600, backlog: 1_024)
        } catch {
            let hint = error == .nameTooLong ? "set server.socket to a shorter path" : nil
            throw Failure("server.socket", "\(path): \(error)", hint: hint, type: "system")
        }
    }
}

extension ListenAddress {
    fileprivate static func bound(_ host: String, _ port: UInt16) -> String {
        "\(host == "localhost" ? "127.0.0.1" : host):\(port)"
    }
}

/// A socket that listens before there is a server, or none.
struct ListeningSocket: ~Copyable {
    private var socket: Descriptor?
    private let fd: CInt?

    init() {
        socket = nil
        fd = nil
    }

    init(_ socket: consuming Descriptor) {
        fd = socket.fd
        self.socket = consume socket
    }

    func port() throws(Errno) -> UInt16? {
        guard let fd else { return nil }
        return try TCPSocket.localPort(fd)
    }

    mutating func take() -> Descriptor? { socket.take() }
}

/// What the front can ask for once everything is there.
@RequestLoop
private final class Late {
    weak var served: ServedHTTP?

    func reload() async -> Result<Void, RTPError> {
        guard let served else { return .failure(.invalidRequest("this process is ending")) }
        return await served.reload()
    }
}
