import Foundation
import RIGAudit
import RIGBytes
import RIGConfig
import RIGLinux
import RIGLoop
import RIGModel
import RIGPack
import RIGPipeline
import RIGWorker
import XCTest

/// A folder with rig.yaml and copies of the echo pack, served in this process.
@RequestLoop
final class SwapBench {
    nonisolated static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    let folder: String
    let keeper: SnapshotKeeper
    private let run: WorkRun

    var gateway: Gateway { keeper.gateway }

    /// - Parameter packs: The lines of rig.yaml below `packs:`.
    static func open(_ packs: String) async throws -> SwapBench {
        let folder = try Directory.makeTemporary(in: "/tmp", prefix: "rig-swap-test-")
        for name in ["one", "two"] {
            try FileManager.default.copyItem(
                atPath: packageRoot + "/packs/python/rig-pack-echo", toPath: folder + "/" + name)
        }
        try write(packs, folder)
        let config = try Config.load(path: folder + "/rig.yaml")
        let program = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("rig").path
        let machine = try await RequestLoop.offload {
            try Machine(
                try Installation.find(program: program, home: packageRoot),
                environment: Environment.all())
        }
        try Directory.makeAll(folder + "/.rig", mode: 0o700)
        let run = try WorkRun.begin(folder + "/.rig")
        let built = try await SnapshotBuilder(config, machine, run: run) { _ in }.build()
        let records = try await Records.open(folder + "/.rig/state.db")
        let keeper = SnapshotKeeper(
            Gateway(built.snapshot, records), built.mounts, config, machine, run: run
        ) { _ in }
        return SwapBench(folder, keeper, run)
    }

    private init(_ folder: String, _ keeper: SnapshotKeeper, _ run: WorkRun) {
        self.folder = folder
        self.keeper = keeper
        self.run = run
    }

    private nonisolated static func write(_ packs: String, _ folder: String) throws {
        let text = """
            version: 1
            sandbox: {level: standard}
            policy: {defaults: {read: allow, write: allow}}
            packs:
            \(packs)

            """
        try File.replaceAtomically(folder + "/rig.yaml", with: Array(text.utf8))
    }

    /// Writes rig.yaml anew.
    func configure(_ packs: String) throws {
        try Self.write(packs, folder)
    }

    func processes(_ namespace: String) -> Set<Int32> {
        Set(
            gateway.snapshot.pools.filter { $0.plan.namespace.text == namespace }
                .flatMap(\.processIDs))
    }

    func call(
        _ tool: String, _ args: String, onProgress: ((RIGWorker.Progress) -> Void)? = nil
    ) async -> Answer {
        let buffer = ByteBuffer(Array(args.utf8))
        return await gateway.perform(
            CallRequest(
                tool: tool, caller: Caller(tenant: "test", actor: "swap", front: .cli),
                correlationID: gateway.makeCorrelationID(), buffer: buffer, args: buffer.range,
                cancellation: Cancellation(), onProgress: onProgress))
    }

    /// Looks again until it is so; a hung test is the test runner's to end.
    func until(_ isSo: () -> Bool) async {
        while !isSo() { await EventLoop.shared.sleep(nanoseconds: 2_000_000) }
    }

    func close() async throws {
        keeper.close()
        await gateway.snapshot.close()
        _ = await gateway.audit.close()
        run.end()
        try Directory.removeTree(folder)
    }
}

extension Answer {
    var failure: RTPError? {
        if case .failure(let error) = result { error } else { nil }
    }
}
