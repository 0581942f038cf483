import Glibc
import RIGApproval
import RIGAudit
import RIGBytes
import RIGJSON
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore

/// Asks for approvals, approves them and uses them up, until somebody kills it.
///
///     approval-load PATH WIDTH    WIDTH calls at a time, each asked, approved, then used by two at
///                                 once; a line after each commit: "w ID" waits, "a ID" approved,
///                                 "c ID CALL" used, "r ID REASON" refused
///     approval-load PATH replay   reads tokens from its standard input, one a line, and tries to
///                                 use each again: "c ID CALL" or "r ID REASON"
@main
enum ApprovalLoad {
    static func main() {
        let arguments = CommandLine.arguments
        precondition(arguments.count == 3, "approval-load PATH WIDTH | replay")
        exit(EventLoop.shared.run { await run(arguments[1], arguments[2]) })
    }

    @RequestLoop private static var ids = CallIDSource()

    @RequestLoop
    private static func run(_ path: String, _ mode: String) async -> CInt {
        do {
            let audit = try await AuditLog.open(path, beside: [ApprovalDesk.table()])
            let desk = ApprovalDesk(audit.queue, path: path)
            if mode == "replay" {
                while let line = readLine() { try await replay(line, desk, audit) }
                _ = await audit.close()
                return 0
            }
            let tasks = (0..<(Int(mode) ?? 1)).map { _ in
                Task { @RequestLoop in while true { try await story(desk, audit) } }
            }
            for task in tasks { try await task.value }
            return 0
        } catch {
            say("failed \(error)")
            return 1
        }
    }

    @RequestLoop
    private static func story(_ desk: ApprovalDesk, _ audit: AuditLog) async throws {
        let actor = newID().text
        guard case .waiting(let record) = try await desk.standing(of: draft(actor), token: nil)
        else { return say("failed: nobody was asked") }
        say("w \(record.token?.text ?? "") \(actor)")
        let id = newID()
        let condition = desk.condition(
            .approve, on: record, by: "test", channel: "cli", note: "",
            nowMilliseconds: WallClock.nowMilliseconds())
        let code = try await audit.decision(row(.approval, id, record.id), if: condition)
        guard code == 0 else { return say("failed: not approved: \(code)") }
        say("a \(record.id)")
        let rivals = (0..<2).map { _ in
            Task { @RequestLoop in try await use(actor, record.token?.text, desk, audit) }
        }
        for rival in rivals { try await rival.value }
    }

    @RequestLoop
    private static func replay(
        _ line: String, _ desk: ApprovalDesk, _ audit: AuditLog
    ) async throws {
        let words = line.split(separator: " ").map(String.init)
        try await use(words[1], words[0], desk, audit)
    }

    /// What the approve and record stages do with a call.
    @RequestLoop
    private static func use(
        _ actor: String, _ token: String?, _ desk: ApprovalDesk, _ audit: AuditLog
    ) async throws {
        let id = newID()
        let name = token.map { String($0.prefix { $0 != "." }) } ?? ""
        switch try await desk.standing(of: draft(actor), token: token) {
        case .approved(let claim):
            var slot = try audit.admit()
            let condition = claim.condition(
                callID: id, nowMilliseconds: WallClock.nowMilliseconds())
            let code = try await audit.intent(row(.intent, id, name), if: [condition], &slot)
            let refusal = ApprovalRefusal(rawValue: code)
            say(refusal.map { "r \(name) \($0)" } ?? "c \(name) \(id.text)")
            try await audit.outcome(row(.outcome, id, name), slot, durability: .strict)
        case .refused(let reason): say("r \(name) \(reason)")
        case .waiting: say("failed: a token asks nobody")
        }
    }

    @RequestLoop
    private static func newID() -> CallID {
        ids.next(milliseconds: UInt64(WallClock.nowMilliseconds()))
    }

    /// Every actor is another call.
    private static func draft(_ actor: String) -> ApprovalRecord {
        let arguments = ApprovalArguments(["amount": 100])
        let digest = SHA256.digest([])
        let now = WallClock.nowMilliseconds()
        return ApprovalRecord(
            id: ApprovalID.make(),
            ApprovalBinding(
                tenant: "acme", actor: actor, tool: "js.pay", pack: "p", packVersion: "1",
                packDigest: digest, shape: digest, arguments: arguments.digest, policy: digest),
            arguments,
            ApprovalRecord.Origin(
                front: "cli", risk: "money", snapshot: "", rule: "r",
                callID: CallID(high: 0, low: 0).text, correlationID: "c"),
            createdMilliseconds: now, expiresMilliseconds: now + 3_600_000)
    }

    @RequestLoop
    private static func row(_ kind: AuditRow.Kind, _ id: CallID, _ note: String) -> AuditRow {
        var row = AuditRow(
            kind: kind, timeMilliseconds: WallClock.nowMilliseconds(), callID: id,
            correlationID: CorrelationID(id), tenant: "acme", actor: "ann", front: .cli,
            subject: AuditSubject(tool: "js.pay", risk: .money))
        row.note = note
        if kind == .outcome { row.status = .ok }
        return row
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        if write(1, bytes, bytes.count) != bytes.count { exit(2) }
    }
}
