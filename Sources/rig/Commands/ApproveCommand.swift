internal import RIGApproval
internal import RIGAudit
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline

extension Command {
    static let approve = Command(
        name: "approve", synopsis: "ID", summary: "let a call that waits for a person run, once",
        details: """
            Shows what it approves. The approval covers this call and no other: the same tool of the
            same pack content, the same arguments, tenant, actor and policy, once, until it expires.
            `rig approvals show ID` shows the call without approving it.
            """,
        options: [.value("note", "TEXT", "why, for the record"), .config, .json],
        examples: ["rig approve ap_0123456789abcdef --note 'as agreed with finance'"],
        run: { try await decide(.approve, $0, $1) })

    static let deny = Command(
        name: "deny", synopsis: "ID",
        summary: "refuse a call that waits, or take back an approval not used yet",
        options: [.value("note", "TEXT", "why, for the record"), .config, .json],
        examples: ["rig deny ap_0123456789abcdef"],
        run: { try await decide(.deny, $0, $1) })

    @RequestLoop
    private static func decide(
        _ event: ApprovalEvent, _ arguments: Arguments, _ console: Console
    ) async throws -> ExitCode {
        let id = try ApprovalFile.id(arguments)
        let note = arguments["note"] ?? ""
        guard note.utf8.count <= Limits.approvalNoteBytesMax else {
            throw UsageError("--note has more than \(Limits.approvalNoteBytesMax) bytes", nil)
        }
        let path = try Workplace.find(arguments).database()
        let record = try await ApprovalFile.find(id, path)
        // Shown first: whatever comes of it, what was on the screen is what was decided on.
        if !console.isJSON { console.out(ApprovalText.block(record, WallClock.nowMilliseconds())) }
        let records = try await Records.open(path)
        let decision = ApprovalDecision(
            event, by: "uid:\(Facts.userID())", channel: .cli, note: note)
        let result = await decision.outcome(on: record, records)
        _ = await records.audit.close()
        if let refusal = try result.get() { throw ApprovalText.failure(id, refusal) }
        let word = event == .approve ? "approved" : "denied"
        if console.isJSON {
            let value: JSONValue = ["ok": true, "approval_id": .string(id), "state": .string(word)]
            console.out(value.text + "\n")
        } else {
            console.out("\(word) \(id)\n")
        }
        return .success
    }
}

extension ApprovalDecision {
    @RequestLoop
    fileprivate func outcome(
        on record: ApprovalRecord, _ records: Records
    ) async -> Result<ApprovalRefusal?, ApprovalFault> {
        do throws(ApprovalFault) {
            return .success(try await make(on: record, records))
        } catch {
            return .failure(error)
        }
    }
}
