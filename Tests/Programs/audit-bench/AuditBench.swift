import Glibc
import RIGAudit
import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore

/// What the audit costs, in one run on one disk:
///
///     audit-bench FOLDER
///
/// The processor time a row takes from the loop's thread, rows a second through the whole way, and
/// the wait for a strict row beside the disk's own fdatasync.
@main
enum AuditBench {
    static func main() {
        let arguments = CommandLine.arguments
        precondition(arguments.count == 2, "audit-bench FOLDER")
        exit(EventLoop.shared.run { await run(arguments[1]) })
    }

    @RequestLoop
    private static func run(_ folder: String) async -> CInt {
        do {
            let path = Path.join(folder, "bench-\(Facts.processID()).db")
            var limits = DurableLimits()
            limits.rowsMax = 1 << 20
            limits.bytesMax = 1 << 30
            let log = try await AuditLog.open(path, limits: limits)
            try await appendCost(log)
            try await oneAtATime(log)
            try fileSync(folder)
            for width in [8, 64, 512] { try await manyAtATime(log, width) }
            _ = await log.close()
            return 0
        } catch {
            print("failed: \(error)")
            return 1
        }
    }

    @RequestLoop
    private static func appendCost(_ log: AuditLog) async throws {
        let rows = 200_000
        var row = row()
        var loopNanoseconds: UInt64 = 0
        let start = MonotonicClock.nowNanoseconds()
        let loopStart = threadNanoseconds()
        for _ in 0..<rows / 100 {
            let before = threadNanoseconds()
            for _ in 0..<100 {
                row.callID = ids.next(milliseconds: 1)
                try log.note(row)
            }
            loopNanoseconds += threadNanoseconds() - before
            await EventLoop.shared.sleep(nanoseconds: 1)
        }
        try await log.flush()
        let elapsed = MonotonicClock.nowNanoseconds() - start
        let wholeNanoseconds = threadNanoseconds() - loopStart
        print("append on the loop: \(loopNanoseconds / UInt64(rows)) ns of processor time a row")
        print("  with the ticks around it: \(wholeNanoseconds / UInt64(rows)) ns")
        print("batched, end to end: \(UInt64(rows) * 1_000_000_000 / elapsed) rows/s")
    }

    @RequestLoop
    private static func oneAtATime(_ log: AuditLog) async throws {
        var waits: [UInt64] = []
        for _ in 0..<2_000 {
            let row = row()
            let start = MonotonicClock.nowNanoseconds()
            try await log.record(row)
            waits.append(MonotonicClock.nowNanoseconds() - start)
        }
        report("strict row, one at a time", waits)
    }

    private static func fileSync(_ folder: String) throws {
        let path = Path.join(folder, "bench-sync-\(Facts.processID())")
        let file = try File.open(path, [.readWrite, .create, .truncate])
        // Two pages and their frame headers: what one small commit adds to a write-ahead log that
        // has its size already.
        let page = [UInt8](repeating: 7, count: 2 * 4_120)
        for slot in 0..<64 { _ = pwrite(file.fd, page, page.count, off_t(slot * page.count)) }
        fdatasync(file.fd)
        var waits: [UInt64] = []
        for number in 0..<2_000 {
            let start = MonotonicClock.nowNanoseconds()
            _ = pwrite(file.fd, page, page.count, off_t(number % 64 * page.count))
            fdatasync(file.fd)
            waits.append(MonotonicClock.nowNanoseconds() - start)
        }
        try File.remove(path)
        report("pwrite and fdatasync of 8 KiB", waits)
    }

    @RequestLoop
    private static func manyAtATime(_ log: AuditLog, _ width: Int) async throws {
        let each = 40_000 / width
        let start = MonotonicClock.nowNanoseconds()
        let tasks = (0..<width).map { _ in
            Task { @RequestLoop in
                var waits: [UInt64] = []
                for _ in 0..<each {
                    let before = MonotonicClock.nowNanoseconds()
                    try await log.record(row())
                    waits.append(MonotonicClock.nowNanoseconds() - before)
                }
                return waits
            }
        }
        var waits: [UInt64] = []
        for task in tasks { waits += try await task.value }
        let elapsed = MonotonicClock.nowNanoseconds() - start
        print(
            "strict, \(width) at a time: \(UInt64(width * each) * 1_000_000_000 / elapsed) rows/s")
        report("  each waits", waits)
    }

    private static func report(_ name: String, _ waits: [UInt64]) {
        let sorted = waits.sorted()
        let p50 = sorted[sorted.count / 2] / 1_000
        let p99 = sorted[sorted.count * 99 / 100] / 1_000
        print("\(name): p50 \(p50) µs, p99 \(p99) µs")
    }

    private static func threadNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @RequestLoop private static var ids = CallIDSource()

    @RequestLoop
    private static func row() -> AuditRow {
        let now = WallClock.nowMilliseconds()
        let id = ids.next(milliseconds: UInt64(now))
        var row = AuditRow(
            kind: .outcome, timeMilliseconds: now, callID: id,
            correlationID: CorrelationID(id), tenant: "acme-production", actor: "agent-7f3a",
            front: .rgp, subject: subject)
        row.argsDigest = digest
        row.decision = "default:write"
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
