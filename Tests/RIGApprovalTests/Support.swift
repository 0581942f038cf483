import Foundation
import RIGApproval
import RIGAudit
import RIGBytes
import RIGJSON
import RIGLoop
import RIGModel
import RIGStore
import XCTest

/// Runs on the request loop, which gets a thread of its own for the test process.
func onLoop<Result: Sendable>(
    _ body: @RequestLoop () async throws -> Result
) async throws -> Result {
    EventLoop.startOnThread()
    return try await body()
}

enum Sample {
    static func digest(_ text: String) -> Digest { SHA256.digest(Array(text.utf8)) }

    static let args = #"{"amount":100,"to":"alice"}"#

    static let binding = ApprovalBinding(
        tenant: "acme", actor: "ann", tool: "js.pay", pack: "@rig/pack-echo", packVersion: "1.0.0",
        packDigest: digest("pack"), shape: digest("shape"), arguments: digest(args),
        policy: digest("policy"))

    /// A call that asks at `created`; what `change` makes of the binding is another call.
    static func draft(
        created: Int64 = 1_000, expires: Int64 = 100_000, arguments text: String = args,
        _ change: (inout ApprovalBinding) -> Void = { _ in }
    ) throws -> ApprovalRecord {
        var binding = binding
        change(&binding)
        let arguments = ApprovalArguments(
            try JSONValue.parse(Array(text.utf8), limits: JSONLimits()))
        binding.arguments = arguments.digest
        return ApprovalRecord(
            id: ApprovalID.make(), binding, arguments,
            ApprovalRecord.Origin(
                front: "cli", risk: "money", snapshot: "abc", rule: "defaults.money",
                callID: callID(1).text, correlationID: "c-1"),
            createdMilliseconds: created, expiresMilliseconds: expires)
    }

    static func callID(_ number: UInt64) -> CallID { CallID(high: 0, low: number) }

    static func row(_ kind: AuditRow.Kind, _ call: UInt64) -> AuditRow {
        AuditRow(
            kind: kind, timeMilliseconds: 1_000, callID: callID(call),
            correlationID: CorrelationID(callID(call)), tenant: "acme", actor: "ann", front: .cli,
            subject: AuditSubject(tool: "js.pay", risk: .money))
    }
}

/// An audit with the approvals beside it.
@RequestLoop
struct Records {
    let audit: AuditLog
    let desk: ApprovalDesk

    init(_ path: String, keptMilliseconds kept: Int64? = nil) async throws {
        audit = try await AuditLog.open(
            path, beside: [ApprovalDesk.table(keptMilliseconds: kept)])
        desk = ApprovalDesk(audit.queue, path: path)
    }

    /// Decides on a record; nil or why not.
    func decide(
        _ event: ApprovalEvent, _ record: ApprovalRecord, at now: Int64 = 2_000
    ) async throws -> ApprovalRefusal? {
        let condition = desk.condition(
            event, on: record, by: "uid:7", channel: "cli", note: "why not", nowMilliseconds: now)
        let code = try await audit.decision(Sample.row(.approval, 1), if: condition)
        return ApprovalRefusal(rawValue: code)
    }

    /// Uses a claim as the record stage does; nil or why not. An intent gets its outcome.
    func use(
        _ claim: ApprovalClaim, call: UInt64, at now: Int64 = 3_000
    ) async throws -> ApprovalRefusal? {
        var slot = try audit.admit()
        let code = try await audit.intent(
            Sample.row(.intent, call),
            if: [claim.condition(callID: Sample.callID(call), nowMilliseconds: now)], &slot)
        try await audit.outcome(Sample.row(.outcome, call), slot, durability: .strict)
        return ApprovalRefusal(rawValue: code)
    }
}

extension ApprovalStanding {
    var claim: ApprovalClaim? { if case .approved(let claim) = self { claim } else { nil } }
    var waiting: ApprovalRecord? { if case .waiting(let record) = self { record } else { nil } }
    var reason: ApprovalInvalidReason? {
        if case .refused(let reason) = self { reason } else { nil }
    }
}

/// `XCTAssertEqual` for values that had to be waited for.
func expect<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String = "", file: StaticString = #filePath,
    line: UInt = #line
) {
    XCTAssertEqual(found, expected, what, file: file, line: line)
}
