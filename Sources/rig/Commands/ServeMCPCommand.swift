internal import RIGAudit
internal import RIGConfig
internal import RIGLinux
internal import RIGLoop
internal import RIGMCP
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGRegistry

extension Command {
    static let serveMCP = Command(
        name: "serve mcp", synopsis: "", summary: "serve the tools to an MCP host over stdio",
        details: """
            Speaks MCP on standard input and output until the end of input; logs go to standard
            error. Revisions: 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26 and 2024-11-05.
            `rig connect` writes a host's settings so that the host starts this command.
            """,
        options: [
            .tenant, .value("actor", "NAME", "who calls (default: mcp)"), .config,
        ],
        examples: ["rig serve mcp --config /home/me/agent/rig.yaml"],
        run: serveStdio)

    /// How long calls may go on after the end of input, and workers after the calls: hosts kill
    /// what has not ended after two seconds.
    private static let callsNanoseconds: UInt64 = 1_000_000_000
    private static let workersNanoseconds: UInt64 = 700_000_000

    @RequestLoop
    private static func serveStdio(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let place = try Workplace.find(arguments)
        let config = try place.config()
        let board = ToolBoard()
        var options = MCPBridge.Options(
            version: programVersion,
            caller: Caller(
                tenant: try arguments.callerName("tenant") ?? "default",
                actor: try arguments.callerName("actor") ?? "mcp", front: .mcp))
        options.approveSuffix = " --config " + ShellWord.quoted(place.configPath)
        options.formRisks = config.mcp.hostApproves
        let transport = try StdioTransport(
            MCPBridge(board, options), input: try Terminal.takeInput(),
            output: try Terminal.takeOutput())
        try Signal.block([.interrupt, .terminate])
        var hurry = false
        try EventLoop.shared.signals([.interrupt, .terminate]) { _ in
            hurry = true
            transport.stop()
        }
        let runtime = ServedRuntime(place, config, board)
        runtime.start()
        try await transport.serve()
        await transport.close(withinNanoseconds: hurry ? 0 : callsNanoseconds)
        await runtime.close(withinNanoseconds: workersNanoseconds)
        return .success
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
            Terminal.report("rig: pack \(namespace): \(Printable.lines(error.message))\n")
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
