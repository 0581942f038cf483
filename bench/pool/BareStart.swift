import RIGLinux
import RIGLoop
import RIGSandbox
import RIGWorker

/// The floor of a fresh worker: from nothing to `ready`, in the jail, with one blocking write and
/// one blocking read.
struct BareStart: Sendable {
    private let plan: WorkerPlan

    init(_ plan: WorkerPlan) {
        self.plan = plan
    }

    func measure() async throws -> UInt64 {
        let before = MonotonicClock.nowNanoseconds()
        let launch = try await WorkerLaunch.launch(plan)
        return try await RequestLoop.offload { [plan] in
            var process = launch.take()
            let input = process.takeToWorker()
            let output = process.takeFromWorker()
            try input.setNonBlocking(false)
            try output.setNonBlocking(false)
            try Transmit.writeAll(input.fd, hello(plan, launch.workDirectoryInside))
            var room = [UInt8](repeating: 0, count: 4096)
            guard case .bytes = try Transmit.read(output.fd, into: &room) else {
                throw Errno.brokenPipe
            }
            let duration = MonotonicClock.nowNanoseconds() - before
            try process.kill()
            _ = try process.wait(timeoutMilliseconds: 5_000)
            if let path = launch.hostWorkDirectory { try WorkDirectory.discard(path) }
            return duration
        }
    }

    private func hello(_ plan: WorkerPlan, _ workDirectory: String) -> [UInt8] {
        let entry = plan.entry
        let text =
            #"{"type":"hello","protocol":1,"pack":{"root":"\#(entry.root)","entry":"\#(entry.entry)","#
            + #""name":"\#(entry.name)"},"limits":{"frame_bytes":1000000,"concurrency":1},"#
            + #""work_dir":"\#(workDirectory)","prepare":true}"#
        let count = UInt32(text.utf8.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + Array(text.utf8)
    }
}
