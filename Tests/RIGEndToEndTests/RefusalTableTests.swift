import Foundation
import XCTest

/// Every way in which an approval is not for a call, through the real `rig`: refused with its reason
/// before the worker sees anything, and on record as refused.
final class RefusalTableTests: XCTestCase {
    /// One row: what is not as it was when a person said yes.
    private struct Row: Sendable {
        var name: String
        var reason = "mismatch"
        var args = #"{"amount": 100, "to": "alice"}"#
        var options: [String] = []
        /// Puts a file of the folder into the state that the row is about; it is put back after.
        var file = ""
        var edit: @Sendable (String) -> String = { $0 }
    }

    private static let rows = [
        Row(name: "one byte of the arguments", args: #"{"amount": 101, "to": "alice"}"#),
        Row(name: "a member more", args: #"{"amount": 100, "to": "alice", "x": null}"#),
        Row(name: "another tenant", options: ["--tenant", "other"]),
        Row(name: "another actor", options: ["--actor", "other"]),
        Row(
            name: "a new version of the pack", file: "till/index.cjs",
            edit: { $0.replacingOccurrences(of: "1.0.0\", cap", with: "1.0.1\", cap") }),
        Row(
            name: "the same version with another byte", file: "till/index.cjs",
            edit: { $0 + "//\n" }),
        Row(
            name: "another shape of the tool", file: "till/index.cjs",
            edit: { $0.replacingOccurrences(of: "Pays.", with: "Pays!") }),
        Row(
            name: "an edited policy", file: "rig.yaml",
            edit: { $0.replacingOccurrences(of: "write: approve", with: "write: deny") }),
    ]

    func testEveryCallAnApprovalIsNotForIsRefusedBeforeTheWorkerSeesIt() throws {
        let bench = try ApprovalBench()
        let approval = try XCTUnwrap(bench.pay().approval)
        try bench.pay(token: approval.token).expectRefused("pending", "nobody decided yet")
        try bench.approve(approval.id)

        for row in Self.rows {
            let before = row.file.isEmpty ? "" : try bench.folder.read(row.file)
            if !row.file.isEmpty {
                XCTAssertNotEqual(row.edit(before), before, "\(row.name): nothing was edited")
                try bench.folder.write(row.edit(before), to: row.file)
            }
            let reply = try bench.pay(row.args, row.options, token: approval.token)
            reply.expectRefused(row.reason, row.name)
            XCTAssertEqual(reply.seen, 0, row.name)
            if !row.file.isEmpty { try bench.folder.write(before, to: row.file) }
        }

        let denied = try XCTUnwrap(bench.pay(#"{"amount": 7, "to": "bob"}"#).approval)
        try bench.folder.expectSuccess(["deny", denied.id])
        try bench.pay(#"{"amount": 7, "to": "bob"}"#, token: denied.token)
            .expectRefused("denied", "a person said no")
        for token in ["guess", approval.id, approval.id + "." + String(repeating: "0", count: 64)] {
            try bench.pay(token: token).expectRefused("unknown", token)
        }
        XCTAssertEqual(try bench.intents(), 0, "nothing was about to be done")
        XCTAssertEqual(try bench.effects(), [], "the worker saw nothing")

        // What the person said yes to runs, once.
        let paid = try bench.pay(token: approval.token)
        XCTAssertEqual(paid.status, 0, paid.text)
        try bench.pay(token: approval.token).expectRefused("consumed", "used already")
        XCTAssertEqual(try bench.intents(), 1)
        XCTAssertEqual(try bench.effects(), [approval.id])

        // Every refusal is on record as one.
        let refusals = try bench.rows().filter {
            $0["kind"] as? String == "outcome" && $0["status"] as? String == "approval_invalid"
        }
        XCTAssertEqual(refusals.count, Self.rows.count + 6)
        XCTAssertTrue(refusals.allSatisfy { $0["attempts"] as? Int ?? 0 == 0 })
    }

    func testAnApprovalThatRanOutIsRefusedBeforeTheWorkerSeesTheCall() throws {
        let bench = try ApprovalBench()
        try bench.setPolicy("approvals: {ttl: 1ms}")
        let approval = try XCTUnwrap(bench.pay().approval)
        // Starting a process takes more than the millisecond.
        try bench.pay(token: approval.token).expectRefused("expired", "too late")
        XCTAssertEqual(try bench.intents(), 0)
        XCTAssertEqual(try bench.effects(), [])
    }
}
