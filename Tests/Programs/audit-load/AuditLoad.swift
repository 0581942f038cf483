import Glibc
import RIGAudit
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore

/// Writes to an audit until somebody kills it, and says on standard output what is on disk.
///
///     audit-load PATH calls COUNT    COUNT calls at a time, each an intent and an outcome; a line
///                                    "i ID" or "o ID" after each one's commit
///     audit-load PATH hold           one intent, then waits for its standard input to end
///     audit-load PATH full-sink FILE rows go to FILE too, which may not grow from some point on and
///                                    then again
///     audit-load PATH limit          calls until no file may grow any further, then says how the
///                                    audit bears it, and goes on once files may grow again
@main
enum AuditLoad {
    static func main() {
        let arguments = CommandLine.arguments
        precondition(arguments.count >= 3, "audit-load PATH calls COUNT | hold")
        exit(EventLoop.shared.run { await run(Array(arguments.dropFirst())) })
    }

    @RequestLoop
    private static func run(_ arguments: [String]) async -> CInt {
        do {
            if arguments[1] == "full-sink" {
                try await fillSink(arguments[0], arguments[2])
                return 0
            }
            var options = AuditOptions()
            // Often, so that kills meet checkpoints too.
            options.checkpointRows = 20
            let log = try await AuditLog.open(arguments[0], options: options)
            say("open \(log.orphansRecovered)")
            if arguments[1] == "calls" {
                let width = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
                let tasks = (0..<width).map { _ in
                    Task { @RequestLoop in while true { try await call(log) } }
                }
                for task in tasks { try await task.value }
            } else if arguments[1] == "limit" {
                try await runIntoLimit(log)
            } else {
                var slot = try log.admit()
                let id = newID()
                try await log.intent(row(.intent, id), &slot)
                say("i \(id.text)")
                var byte: UInt8 = 0
                _ = read(0, &byte, 1)
            }
            return 0
        } catch {
            say("failed \(error)")
            return 1
        }
    }

    /// The file is nearly as long as files may be, long before the database is.
    @RequestLoop
    private static func fillSink(_ path: String, _ file: String) async throws {
        signal(SIGXFSZ, SIG_IGN)
        let sizeMax = 8 << 20
        let line = [UInt8](repeating: 0x20, count: sizeMax - 10_000) + [0x0A]
        try File.replaceAtomically(file, with: line)
        try ResourceLimit.set(.fileBytes, ResourceLimit(soft: UInt64(sizeMax), hard: nil))
        var options = AuditOptions()
        options.sinks = [.jsonl(path: file)]
        let log = try await AuditLog.open(path, options: options)
        for _ in 0..<100 { try await call(log) }
        while log.troubles.lines.isEmpty { await EventLoop.shared.sleep(nanoseconds: 1_000_000) }
        say("trouble \(log.troubles.lines[0])")
        for _ in 0..<20 { try await call(log) }
        try ResourceLimit.set(.fileBytes, ResourceLimit(soft: nil, hard: nil))
        while !log.troubles.lines.isEmpty { await EventLoop.shared.sleep(nanoseconds: 1_000_000) }
        say("works")
        _ = await log.close()
    }

    @RequestLoop
    private static func runIntoLimit(_ log: AuditLog) async throws {
        signal(SIGXFSZ, SIG_IGN)
        var slot = try log.admit()
        let open = newID()
        try await log.intent(row(.intent, open), &slot)
        try ResourceLimit.set(.fileBytes, ResourceLimit(soft: 400_000, hard: nil))
        do {
            while true { try await call(log) }
        } catch AuditError.storage(let error) {
            say("hit \(error.name)")
        }
        do {
            _ = try log.admit()
        } catch AuditError.storage(let error) {
            say("refused \(error.name)")
        }
        do {
            try await log.outcome(row(.outcome, open), slot, durability: .strict)
        } catch AuditError.storage {
            say("kept \(open.text)")
        }
        try ResourceLimit.set(.fileBytes, ResourceLimit(soft: nil, hard: nil))
        while log.health != .working { await EventLoop.shared.sleep(nanoseconds: 1_000_000) }
        say("works")
        try await call(log)
        say("lost \(await log.close())")
    }

    @RequestLoop private static var ids = CallIDSource()

    @RequestLoop
    private static func newID() -> CallID {
        ids.next(milliseconds: UInt64(WallClock.nowMilliseconds()))
    }

    @RequestLoop
    private static func call(_ log: AuditLog) async throws {
        let id = newID()
        var slot = try log.admit()
        try await log.intent(row(.intent, id), &slot)
        say("i \(id.text)")
        try await log.outcome(row(.outcome, id), slot, durability: .strict)
        say("o \(id.text)")
    }

    @RequestLoop
    private static func row(_ kind: AuditRow.Kind, _ id: CallID) -> AuditRow {
        var row = AuditRow(
            kind: kind, timeMilliseconds: WallClock.nowMilliseconds(), callID: id,
            correlationID: CorrelationID(id), tenant: "acme", actor: "ann", front: .cli,
            subject: subject)
        if kind == .outcome { row.status = .ok }
        return row
    }

    private static let subject = AuditSubject(
        tool: "echo.say", pack: "rig-pack-echo", packVersion: "1.0.0", snapshot: "abc",
        risk: .write, sandbox: "strict")

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        let count = write(1, bytes, bytes.count)
        if count != bytes.count { exit(2) }
    }
}
