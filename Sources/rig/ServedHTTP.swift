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
    private let sidecar: Sidecar
    private let server: Server
    private let access: Access
    private let tokens: ServedTokens
    private let socketPath: String
    private let log: ServeLog
    private let supervisor = Supervisor()
    /// Held for as long as this process serves: one sidecar a folder.
    private let lock: FileLock
    private var watch: ConfigWatch?

    init(
        _ sidecar: Sidecar, _ server: Server, _ access: Access, _ tokens: ServedTokens,
        _ socketPath: String, _ log: ServeLog, _ lock: consuming FileLock
    ) {
        self.sidecar = sidecar
        self.server = server
        self.access = access
        self.tokens = tokens
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
        keepTokens()
        watchConfig()
        if let milliseconds = supervisor.watchdogMilliseconds { feedWatchdog(milliseconds) }
    }

    func reload() async -> Result<Void, RTPError> {
        // A token that rig.yaml takes away is gone, whether or not its packs can be served.
        await tokens.refresh()
        let outcome = await sidecar.keeper.reload()
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
        return .failure(.invalidRequest("the tools stay as they were: \(why)"))
    }

    /// Answers what has begun, then ends the workers.
    func close(graceMilliseconds: Int) async throws {
        tokens.close()
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

    private func keepTokens() {
        do throws(Errno) {
            try tokens.keep(access)
        } catch {
            log.write("error", "token_watch", ["error": .string("\(error)")])
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

    private func feedWatchdog(_ milliseconds: Int) {
        supervisor.tell("WATCHDOG=1")
        _ = EventLoop.shared.after(nanoseconds: UInt64(milliseconds) * 1_000_000) { [weak self] in
            self?.feedWatchdog(milliseconds)
        }
    }
}
