import Foundation
import RIGAudit
import RIGBytes
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
    static let subject = AuditSubject(
        tool: "echo.say", pack: "rig-pack-echo", packVersion: "1.2.3", snapshot: "abc",
        risk: .write, sandbox: "strict")

    static func row(
        _ kind: AuditRow.Kind, call: Int, subject: AuditSubject = subject,
        status: AuditRow.Status? = nil
    ) -> AuditRow {
        let id = CallID(high: 0, low: UInt64(call))
        var row = AuditRow(
            kind: kind, timeMilliseconds: 1_000 + Int64(call), callID: id,
            correlationID: CorrelationID(id), tenant: "acme", actor: "ann", front: .rgp,
            subject: subject)
        row.argsDigest = SHA256.digest(Array("{}".utf8))
        row.decision = "small-refunds"
        if kind == .outcome {
            row.status = status ?? .ok
            row.attempts = 1
            row.durationMicroseconds = 1_234
            row.workerPID = 77
        }
        return row
    }

    static func callText(_ call: Int) -> String { CallID(high: 0, low: UInt64(call)).text }
}
