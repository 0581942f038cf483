internal import RIGAudit
internal import RIGConfig
internal import RIGLinux
internal import RIGLoop
internal import RIGMCP
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGRegistry
internal import RIGServer

extension Command {
    static let serveMCP = Command(
        name: "serve mcp", synopsis: "",
        summary: "serve the tools to an MCP host, over stdio or HTTP",
        details: """
            Speaks MCP on standard input and output until the end of input; logs go to standard
            error. Revisions: 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26 and 2024-11-05.
            `rig connect` writes a host's settings so that the host starts this command.
            With --http it serves POST, GET and DELETE at /mcp until SIGTERM, for who has a token of
            .rig/tokens or rig.yaml. `rig serve` serves the same beside RGP.
            """,
        options: [
            .tenant, .value("actor", "NAME", "who calls (default: mcp)"),
            .value("http", "ADDR", "listen here instead, such as 127.0.0.1:8742"), .config,
        ],
        examples: [
            "rig serve mcp --config /home/me/agent/rig.yaml", "rig serve mcp --http 127.0.0.1:8742",
        ],
        run: serveMCP)

    /// How long calls may go on after the end of input, and workers after the calls: hosts kill
    /// what has not ended after two seconds.
    private static let callsNanoseconds: UInt64 = 1_000_000_000
    private static let workersNanoseconds: UInt64 = 700_000_000

    @RequestLoop
    private static func serveMCP(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let place = try Workplace.find(arguments)
        let config = try place.config()
        let board = ToolBoard()
        try Signal.block([.interrupt, .terminate])
        let runtime = ServedRuntime(place, config, board)
        let bridge = MCPBridge(
            board, MCPBridge.Options(place) { [weak runtime] in runtime?.hostApproves ?? [] })
        if let address = arguments["http"] {
            try await serveHTTP(address, bridge, runtime, place, config)
        } else {
            let caller = Caller(
                tenant: try arguments.callerName("tenant") ?? "default",
                actor: try arguments.callerName("actor") ?? "mcp", front: .mcp)
            try await serveStdio(bridge, Principal(caller), runtime)
        }
        await runtime.close(withinNanoseconds: workersNanoseconds)
        return .success
    }

    @RequestLoop
    private static func serveStdio(
        _ bridge: MCPBridge, _ principal: Principal, _ runtime: ServedRuntime
    ) async throws {
        let transport = try StdioTransport(
            bridge, principal, input: try Terminal.takeInput(),
            output: try Terminal.takeOutput())
        var hurry = false
        try EventLoop.shared.signals([.interrupt, .terminate]) { _ in
            hurry = true
            transport.stop()
        }
        runtime.start()
        try await transport.serve()
        await transport.close(withinNanoseconds: hurry ? 0 : callsNanoseconds)
    }

    @RequestLoop
    private static func serveHTTP(
        _ text: String, _ bridge: MCPBridge, _ runtime: ServedRuntime, _ place: Workplace,
        _ config: Config
    ) async throws {
        guard let address = ListenAddress(text) else {
            throw UsageError("--http is no address", "such as 127.0.0.1:8742")
        }
        try ServedHTTP.checkExposure(config, address)
        let tokens = try ServedTokens(config, stateFolder: try place.stateFolder()) { fault in
            Terminal.report(
                "rig: token \(fault.path): \(fault.reason); nobody comes in with it\n")
        }
        let table = try tokens.table()
        var listener = try ServedHTTP.listenTCP(address)
        let port = try listener.port()
        let access = Access(table, HostRule(listen: address, port: port))
        let server = Server(MCPFront(bridge, access))
        if let socket = listener.take() { try server.listen(socket, isUnix: false) }
        let stop = OneShot<Void>()
        try EventLoop.shared.signals([.interrupt, .terminate]) { _ in stop.resume(()) }
        try tokens.keep(access)
        runtime.start()
        Terminal.report(
            "rig: serving http://\(address.host):\(port ?? 0)\(MCPFront.path)\n"
                + "rig: clients send the token in \(tokens.files.path(.agent)) "
                + "as Authorization: Bearer\n")
        await stop.wait()
        tokens.close()
        await server.drain(graceMilliseconds: Int(callsNanoseconds / 1_000_000))
    }
}

extension MCPBridge.Options {
    /// - Parameter hostApproves: What rig.yaml says now.
    init(
        _ place: Workplace, hostApproves: @escaping @RequestLoop @Sendable () -> Set<Risk>
    ) {
        self.init(version: Command.programVersion)
        approveSuffix = " --config " + ShellWord.quoted(place.configPath)
        formRisks = hostApproves
    }
}

/// The packs behind a board: first the tools that are known without them, then the packs.
@RequestLoop
final class ServedRuntime {
    private let place: Workplace
    private let config: Config
    private let board: ToolBoard
    private var sidecar: Sidecar?
    private var watch: ConfigWatch?
    private var isClosed = false

    init(_ place: Workplace, _ config: Config, _ board: ToolBoard) {
        self.place = place
        self.config = config
        self.board = board
    }

    /// As the running snapshot has it.
    var hostApproves: Set<Risk> { sidecar?.keeper.config.mcp.hostApproves ?? [] }

    func start() {
        RequestLoop.start { [self] in
            do {
                try await showKnown()
                let sidecar = try await Sidecar.open(place)
                guard !isClosed else { return try await sidecar.close() }
                self.sidecar = sidecar
                report(sidecar.gateway.snapshot.failures)
                board.open(sidecar.gateway)
                watch = try ConfigWatch(place.configPath) { [weak self] in
                    RequestLoop.start { await self?.reload(sidecar) }
                }
            } catch {
                let failure = ExitReport.failure(of: error, in: .serveMCP)
                ExitReport.print(failure, to: Console(isJSON: false, isTerminal: false))
                board.fail("\(failure.what): \(failure.why)")
            }
        }
    }

    /// rig.yaml has changed: the next calls run on what it says now.
    private func reload(_ sidecar: Sidecar) async {
        switch await sidecar.keeper.reload() {
        case .swapped, .closed:
            break
        case .invalid(let errors):
            let failure = ExitReport.failure(of: errors, in: .serveMCP)
            ExitReport.print(failure, to: Console(isJSON: false, isTerminal: false))
        case .failed(let failures):
            report(failures)
        }
    }

    private func showKnown() async throws {
        let (config, stateFolder) = (config, try place.stateFolder())
        let known = await RequestLoop.offload {
            ColdList.read(config, stateFolder: stateFolder)
        }
        if let known { board.show(ToolListing(known)) }
    }

    private func report(_ failures: [String: RTPError]) {
        for (namespace, error) in failures.sorted(by: { $0.key < $1.key }) {
            Terminal.report("rig: pack \(namespace): \(Printable.foreign(error.message))\n")
        }
    }

    /// Ends the workers; what is not done in time ends with the process.
    func close(withinNanoseconds: UInt64) async {
        isClosed = true
        watch?.close()
        guard let sidecar else { return }
        let done = OneShot<Void>()
        RequestLoop.start {
            do {
                try await sidecar.close()
            } catch {
                Terminal.report("rig: serve mcp: \(error)\n")
            }
            done.resume(())
        }
        let timer = EventLoop.shared.after(nanoseconds: withinNanoseconds) { done.resume(()) }
        await done.wait()
        EventLoop.shared.cancel(timer)
    }
}
