import Glibc
import RIGAudit
import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore

/// What durability costs a call, beside what the disk itself asks for:
///
///     rig-bench-audit [FOLDER]
///
/// All kinds take turns in one run on one disk, in rounds, so that whatever else the machine does
/// meets all of them.
@main
enum AuditBench {
    static func main() {
        let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "/tmp"
        exit(EventLoop.shared.run { await run(folder) })
    }

    private static let rounds = 20
    private static let callsARound = 100

    @RequestLoop
    private static func run(_ folder: String) async -> CInt {
        do {
            let folder = try Directory.makeTemporary(in: folder, prefix: "rig-bench-audit-")
            var limits = DurableLimits()
            limits.rowsMax = 1 << 20
            limits.bytesMax = 1 << 30
            let path = Path.join(folder, "state.db")
            let log = try await AuditLog.open(path, limits: limits)
            try await latencies(log, folder)
            try await throughput(log)
            _ = await log.close()
            try verification(path)
            try Directory.removeTree(folder)
            return 0
        } catch {
            print("failed: \(error)")
            return 1
        }
    }

    // What one call waits for.

    @RequestLoop
    private static func latencies(_ log: AuditLog, _ folder: String) async throws {
        let disk = try Disk(folder)
        var read: [UInt64] = []
        var batched: [UInt64] = []
        var strict: [UInt64] = []
        var row: [UInt64] = []
        var sync: [UInt64] = []
        for _ in 0..<rounds {
            for _ in 0..<callsARound {
                read.append(try await timed { try log.note(self.row(.outcome)) })
            }
            try await log.flush()
            for _ in 0..<callsARound {
                batched.append(
                    try await timed {
                        var slot = try log.admit()
                        try log.noteIntent(self.row(.intent), &slot)
                        try await log.outcome(self.row(.outcome), slot, durability: .batched)
                    })
            }
            try await log.flush()
            for _ in 0..<callsARound {
                strict.append(
                    try await timed {
                        var slot = try log.admit()
                        try await log.intent(self.row(.intent), &slot)
                        try await log.outcome(self.row(.outcome), slot, durability: .strict)
                    })
                row.append(try await timed { try await log.record(self.row(.outcome)) })
                sync.append(disk.sync())
            }
        }
        print("\(rounds * callsARound) calls of each kind, in turns              p50       p99")
        report("a read (batched: its outcome is noted)", read)
        report("a batched write (intent and outcome are noted)", batched)
        report("a strict write (two commits are waited for)", strict)
        report("  one strict row (one commit)", row)
        report("the disk: pwrite and fdatasync of 8 KiB", sync)
    }

    @RequestLoop
    private static func timed(
        _ body: @RequestLoop () async throws -> Void
    ) async throws -> UInt64 {
        let start = MonotonicClock.nowNanoseconds()
        try await body()
        return MonotonicClock.nowNanoseconds() - start
    }

    /// Two pages and their frame headers: what one small commit adds to a write-ahead log that has
    /// its size already.
    private struct Disk: ~Copyable {
        private let file: Descriptor
        private let page = [UInt8](repeating: 7, count: 2 * 4_120)
        private static let slots = 64

        init(_ folder: String) throws {
            file = try File.open(Path.join(folder, "sync"), [.readWrite, .create])
            for slot in 0..<Self.slots {
                _ = pwrite(file.fd, page, page.count, off_t(slot * page.count))
            }
            fdatasync(file.fd)
        }

        borrowing func sync() -> UInt64 {
            let slot = Int.random(in: 0..<Self.slots)
            let start = MonotonicClock.nowNanoseconds()
            _ = pwrite(file.fd, page, page.count, off_t(slot * page.count))
            fdatasync(file.fd)
            return MonotonicClock.nowNanoseconds() - start
        }
    }

    // What many calls get done.

    @RequestLoop
    private static func throughput(_ log: AuditLog) async throws {
        let rows = 200_000
        let start = MonotonicClock.nowNanoseconds()
        var loop: UInt64 = 0
        for _ in 0..<rows / 100 {
            let before = ProcessorClock.threadNanoseconds()
            for _ in 0..<100 { try log.note(row(.outcome)) }
            loop += ProcessorClock.threadNanoseconds() - before
            await EventLoop.shared.sleep(nanoseconds: 1)
        }
        try await log.flush()
        let elapsed = MonotonicClock.nowNanoseconds() - start
        print(
            "batched rows: \(UInt64(rows) * 1_000_000_000 / elapsed) a second, "
                + "\(loop / UInt64(rows)) ns of the loop's processor each")
        for width in [8, 64, 512] { try await strict(log, width) }
    }

    @RequestLoop
    private static func strict(_ log: AuditLog, _ width: Int) async throws {
        let each = 20_000 / width
        let start = MonotonicClock.nowNanoseconds()
        let tasks = (0..<width).map { _ in
            Task { @RequestLoop in
                for _ in 0..<each { try await log.record(row(.outcome)) }
            }
        }
        for task in tasks { try await task.value }
        let elapsed = MonotonicClock.nowNanoseconds() - start
        print(
            "strict rows, \(width) at a time: "
                + "\(UInt64(width * each) * 1_000_000_000 / elapsed) a second")
    }

    private static func verification(_ path: String) throws {
        let start = MonotonicClock.nowNanoseconds()
        let found = try AuditVerifier.verify(path)
        let elapsed = MonotonicClock.nowNanoseconds() - start
        print(
            "verify: \(UInt64(found.last) * 1_000_000_000 / elapsed) rows a second, "
                + "\(found.checkpoints) checkpoints, \(found.isIntact ? "intact" : "broken")")
    }

    private static func report(_ name: String, _ waits: [UInt64]) {
        let sorted = waits.sorted()
        func cell(_ index: Int) -> String {
            let tenths = (sorted[index] + 50) / 100
            let text = "\(tenths / 10).\(tenths % 10) µs"
            return String(repeating: " ", count: max(0, 10 - text.count)) + text
        }
        let gap = String(repeating: " ", count: max(0, 48 - name.count))
        print(name + gap + cell(sorted.count / 2) + cell(sorted.count * 99 / 100))
    }

    @RequestLoop private static var ids = CallIDSource()

    @RequestLoop
    private static func row(_ kind: AuditRow.Kind) -> AuditRow {
        let now = WallClock.nowMilliseconds()
        let id = ids.next(milliseconds: UInt64(now))
        var row = AuditRow(
            kind: kind, timeMilliseconds: now, callID: id,
            correlationID: CorrelationID(id), tenant: "acme-production", actor: "agent-7f3a",
            front: .rgp, subject: subject)
        row.argsDigest = digest
        row.decision = "default:write"
        guard kind == .outcome else { return row }
        row.status = .ok
        row.attempts = 1
        row.durationMicroseconds = 1_234
        row.workerPID = 4_242
        return row
    }

    private static let digest = SHA256.digest(Array("{}".utf8))
    private static let subject = AuditSubject(
        tool: "stripe.refund_payment", pack: "@rig/pack-stripe", packVersion: "1.20.3",
        snapshot: digest.hex, risk: .write, sandbox: "strict")
}
