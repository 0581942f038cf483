internal import RIGConfig
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGRGP
internal import RIGServer

extension Command {
    static let serve = Command(
        name: "serve", synopsis: "", summary: "serve the tools over HTTP until SIGTERM",
        details: """
            Listens where `server` in rig.yaml says, on TCP and on the Unix socket, which `rig call`
            and `rig list` then use. Tokens are in .rig/tokens, made at the first start. SIGTERM and
            SIGINT end it once what has begun is answered; SIGHUP reads rig.yaml again. One JSON
            object a line on standard error says what happens.
            """,
        options: [
            .value("grace", "MS", "how long an end waits for calls (default: 10000)"), .config,
        ],
        examples: ["rig serve", "rig serve --config /srv/agent/rig.yaml"],
        run: serveHTTP)

    @RequestLoop
    private static func serveHTTP(
        _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        guard arguments.rest.isEmpty else { throw UsageError("takes no arguments", nil) }
        let grace = try AuditSelection.number(arguments, "grace", default: 10_000)
        let place = try Workplace.find(arguments)
        try Signal.block([.interrupt, .terminate, .hangup])
        let log = ServeLog()
        let stop = OneShot<Void>()
        let served = try await ServedHTTP.open(place, log)
        var stops = 0
        try EventLoop.shared.signals([.interrupt, .terminate, .hangup]) { signal in
            if signal == .hangup {
                RequestLoop.start { await served.reload() }
                return
            }
            stops += 1
            // Who asks twice does not wait for what the first one began to end.
            if stops > 1 { ProcessEnd.exit(128 + signal.number) }
            stop.resume(())
        }
        await stop.wait()
        try await served.close(graceMilliseconds: grace)
        return .success
    }
}
