import RIGBytes
import RIGLinux
import RIGLoop
import RIGSandbox
import RIGWorker

/// The floor: the same worker in the same jail, spoken to with one blocking write and one blocking
/// read a call, and nothing else.
final class BareWorker: Sendable {
    private let input: Descriptor
    private let output: Descriptor
    private let process: JailedProcess
    private let hostWorkDirectory: String?
    private let call: [UInt8]

    /// Starts a worker by `plan` and says hello.
    static func start(_ plan: WorkerPlan, args: [UInt8]) async throws -> BareWorker {
        let launch = try await WorkerLaunch.launch(plan)
        return try await RequestLoop.offload { try BareWorker(launch, plan, args) }
    }

    private init(_ launch: WorkerLaunch, _ plan: WorkerPlan, _ args: [UInt8]) throws {
        var process = launch.take()
        input = process.takeToWorker()
        output = process.takeFromWorker()
        self.process = process
        hostWorkDirectory = launch.hostWorkDirectory
        let opening =
            #"{"type":"invoke","id":1,"tool":"say","ctx":{"correlation_id":"bench","#
            + #""tenant_id":"default","actor_id":"bench","attempt":1,"deadline_ms":30000},"args":"#
        call = Self.frame(Array(opening.utf8) + args + [UInt8(ascii: "}")])
        try input.setNonBlocking(false)
        try output.setNonBlocking(false)
        let entry = plan.entry
        let hello =
            #"{"type":"hello","protocol":1,"pack":{"root":"\#(entry.root)","entry":"\#(entry.entry)","#
            + #""name":"\#(entry.name)"},"limits":{"frame_bytes":1000000,"concurrency":1},"#
            + #""work_dir":"\#(launch.workDirectoryInside)"}"#
        var room = [UInt8](repeating: 0, count: 64 << 10)
        try Self.exchange(input.fd, output.fd, Self.frame(Array(hello.utf8)), &room)
    }

    /// So many round trips on a thread that may block.
    func measure(_ calls: Int) async throws -> Sample {
        try await RequestLoop.offload { [self] in
            var room = [UInt8](repeating: 0, count: 64 << 10)
            var sample = Sample(calls)
            for _ in 0..<calls {
                let before = MonotonicClock.nowNanoseconds()
                try Self.exchange(input.fd, output.fd, call, &room)
                sample.add(MonotonicClock.nowNanoseconds() - before)
            }
            sample.end()
            return sample
        }
    }

    func stop() async throws {
        try await RequestLoop.offload { [self] in
            try process.kill()
            _ = try process.wait(timeoutMilliseconds: 5_000)
            if let path = hostWorkDirectory { try WorkDirectory.discard(path) }
        }
    }

    private static func frame(_ text: [UInt8]) -> [UInt8] {
        let count = UInt32(text.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + text
    }

    private static func exchange(
        _ input: CInt, _ output: CInt, _ frame: [UInt8], _ room: inout [UInt8]
    ) throws(Errno) {
        try Transmit.writeAll(input, frame)
        var have = 0
        repeat {
            guard case .bytes(let count) = try Transmit.read(output, into: &room) else {
                throw Errno.brokenPipe
            }
            have += count
            // Answers of these calls are far smaller than the room, so the length is in it.
        } while have < 4 + Int(room[0]) + Int(room[1]) << 8
    }
}
