internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPack
internal import RIGPipeline
internal import RIGRegistry
internal import RIGServer

/// The sidecar with its server, from the moment it serves to its end.
@RequestLoop
final class ServedHTTP {
    /// Between two looks at the token files.
    private static let tokenPauseNanoseconds: UInt64 = 1_000_000_000

    private let sidecar: Sidecar
    private let server: Server
    private let access: Access
    private let files: TokenFiles
    private let socketPath: String
    private let log: ServeLog
    private let supervisor = Supervisor()
    /// Held for as long as this process serves: one sidecar a folder.
    private let lock: FileLock
    private var watch: ConfigWatch?
    private var isClosing = false
    private var hasTokenTrouble = false

    init(
        _ sidecar: Sidecar, _ server: Server, _ access: Access, _ files: TokenFiles,
        _ socketPath: String, _ log: ServeLog, _ lock: consuming FileLock
    ) {
        self.sidecar = sidecar
        self.server = server
        self.access = access
        self.files = files
        self.socketPath = socketPath
        self.log = log
        self.lock = lock
    }

    /// Says that calls are taken, and begins what goes on beside them.
    func begin(listen: String?) {
        let live = sidecar.gateway.snapshot
        var fields: JSONObject = [
            "pid": .number(JSONNumber(Int(Facts.processID()))), "socket": .string(socketPath),
            "tools": .number(JSONNumber(live.snapshot.tools.count)),
            "snapshot": .string(live.snapshot.interfaceHash.hex),
        ]
        fields["listen"] = listen.map { .string($0) }
        log.write("info", "ready", fields)
        for (namespace, error) in live.failures.sorted(by: { $0.key < $1.key }) {
            log.write(
                "error", "pack_failed",
                ["pack": .string(namespace), "message": .string(error.message)])
        }
        supervisor.tell("READY=1\nSTATUS=serving")
        watchTokens()
        watchConfig()
        if let milliseconds = supervisor.watchdogMilliseconds { feedWatchdog(milliseconds) }
    }

    func reload() async -> Result<Void, RTPError> {
        let outcome = await sidecar.keeper.reload()
        access.tokens = await readTokens() ?? access.tokens
        switch outcome {
        case .swapped(let snapshot, let hasOtherTools):
            log.write(
                "info", "reloaded",
                ["snapshot": .string(snapshot), "other_tools": .bool(hasOtherTools)])
            return .success(())
        case .invalid(let errors):
            return refused("rig.yaml: \(errors)")
        case .failed(let packs):
            let words = packs.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.message)" }
            return refused(words.joined(separator: "; "))
        case .closed:
            return refused("this process is ending")
        }
    }

    private func refused(_ why: String) -> Result<Void, RTPError> {
        log.write("error", "reload_refused", ["message": .string(why)])
        return .failure(.invalidRequest("nothing was changed: \(why)"))
    }

    /// Answers what has begun, then ends the workers.
    func close(graceMilliseconds: Int) async throws {
        isClosing = true
        watch?.close()
        supervisor.tell("STOPPING=1\nSTATUS=draining")
        log.write("info", "draining")
        removeSocket()
        await server.drain(graceMilliseconds: graceMilliseconds)
        try await sidecar.close()
        log.write("info", "ended")
    }

    private func removeSocket() {
        do throws(Errno) {
            try File.remove(socketPath)
        } catch {
            if error != .noEntry { log.write("warning", "socket", ["error": .string("\(error)")]) }
        }
    }

    // MARK: Beside the calls

    /// A token that was rotated counts, and the old one does not, a second later.
    private func watchTokens() {
        RequestLoop.start { [self] in
            while !isClosing {
                await EventLoop.shared.sleep(nanoseconds: Self.tokenPauseNanoseconds)
                if let tokens = await readTokens() { access.tokens = tokens }
            }
        }
    }

    /// What rig.yaml says is served as soon as it says so.
    private func watchConfig() {
        do throws(Errno) {
            watch = try ConfigWatch(sidecar.keeper.config.file) { [weak self] in
                RequestLoop.start { _ = await self?.reload() }
            }
        } catch {
            log.write("error", "config_watch", ["error": .string("\(error)")])
        }
    }

    /// nil when a file cannot be used: the tokens that were known go on to count.
    private func readTokens() async -> TokenTable? {
        let (files, config) = (files, sidecar.keeper.config)
        do throws(TokenFault) {
            var table = try await RequestLoop.offload { () throws(TokenFault) in
                try files.table()
            }
            table.add(config.tokens)
            hasTokenTrouble = false
            return table
        } catch {
            if !hasTokenTrouble {
                log.write(
                    "error", "tokens",
                    ["path": .string(error.path), "error": .string("\(error.reason)")])
            }
            hasTokenTrouble = true
            return nil
        }
    }

    private func feedWatchdog(_ milliseconds: Int) {
        supervisor.tell("WATCHDOG=1")
        _ = EventLoop.shared.after(nanoseconds: UInt64(milliseconds) * 1_000_000) { [weak self] in
            self?.feedWatchdog(milliseconds)
        }
    }
}
