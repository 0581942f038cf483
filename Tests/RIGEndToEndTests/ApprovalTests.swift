import Foundation
import XCTest

/// A person's approval, from the refusal to the one call it lets run, through the real `rig` and a
/// real worker. "Refused before a worker sees anything" is held against the record: no attempt, and
/// no intent row.
final class ApprovalTests: XCTestCase {
    func testCallRunsOnceAfterAPersonApprovedIt() throws {
        let bench = try ApprovalBench()
        let asked = try bench.pay()
        XCTAssertEqual(asked.status, 3)
        let approval = try XCTUnwrap(asked.approval)
        XCTAssertEqual(approval.way, "rig approve \(approval.id)")
        XCTAssertEqual(try bench.pay().approval?.id, approval.id, "the same call, the same record")
        try bench.approve(approval.id, note: "as agreed")

        let paid = try bench.pay()
        XCTAssertEqual(paid.status, 0, paid.text)
        XCTAssertEqual(paid.meta["approval_id"] as? String, approval.id)
        XCTAssertEqual(
            (paid.result["output"] as? [String: Any])?["approval"] as? String, approval.id)
        let again = try bench.pay()
        XCTAssertEqual(again.status, 3)
        XCTAssertNotEqual(again.approval?.id, approval.id)

        let rows = try bench.rows().filter {
            ($0["note"] as? String)?.contains(approval.id) == true
        }
        XCTAssertEqual(
            rows.reversed().map { "\($0["kind"]!) \($0["status"] ?? $0["decision"]!)" },
            [
                "outcome approval_required", "outcome approval_required", "approval approved",
                "intent defaults.money", "outcome ok",
            ])
        let decision = try XCTUnwrap(rows.first { $0["kind"] as? String == "approval" })
        XCTAssertEqual(
            decision["note"] as? String,
            "approval \(approval.id) approved by uid:\(getuid()): as agreed")
        XCTAssertEqual(decision["front"] as? String, "cli")
        XCTAssertEqual(try bench.approval(approval.id)["channel"] as? String, "cli")
        XCTAssertNil(try bench.approval(approval.id)["args"], "arguments go with the record's end")
    }

    func testTokenOfAnApprovedCallCoversNoOtherCall() throws {
        let bench = try ApprovalBench()
        let approval = try XCTUnwrap(bench.pay().approval)
        try bench.approve(approval.id)
        let others: [(String, ApprovalBench.Reply)] = [
            ("a byte", try bench.pay(#"{"amount": 101, "to": "alice"}"#, token: approval.token)),
            ("a case", try bench.pay(#"{"amount": 100, "to": "Alice"}"#, token: approval.token)),
            ("tenant", try bench.pay(["--tenant", "other"], token: approval.token)),
            ("actor", try bench.pay(["--actor", "other"], token: approval.token)),
        ]
        for (what, reply) in others { reply.expectRefused("mismatch", what) }
        // Without the token each of them is a call of its own, with a record of its own.
        let ids = [
            try bench.pay(#"{"amount": 101, "to": "alice"}"#),
            try bench.pay(["--tenant", "other"]),
            try bench.pay(["--actor", "other"]),
        ].map { $0.approval?.id }
        XCTAssertEqual(Set(ids + [approval.id]).count, 4)
        XCTAssertEqual(try bench.intents(), 0)
        // White space, order and escapes do not make another call.
        let same = try bench.pay(#"{ "to":"\u0061lice","amount":1e2 }"#, token: approval.token)
        XCTAssertEqual(same.status, 0, same.text)
    }

    func testApprovalEndsWithThePackItWasGivenFor() throws {
        let bench = try ApprovalBench()
        let approval = try XCTUnwrap(bench.pay().approval)
        try bench.approve(approval.id)
        let program = try bench.folder.read("till/index.cjs")

        try bench.folder.write(program + "// one more line\n", to: "till/index.cjs")
        try bench.pay(token: approval.token).expectRefused("mismatch", "content")
        try bench.folder.write(
            program.replacingOccurrences(of: "1.0.0\", cap", with: "1.0.1\", cap"),
            to: "till/index.cjs")
        try bench.pay(token: approval.token).expectRefused("mismatch", "version")
        try bench.folder.write(
            program.replacingOccurrences(of: "Pays", with: "Gives"), to: "till/index.cjs")
        try bench.pay(token: approval.token).expectRefused("mismatch", "shape")
        XCTAssertEqual(try bench.pay().status, 3)
        XCTAssertEqual(try bench.intents(), 0)

        try bench.folder.write(program, to: "till/index.cjs")
        XCTAssertEqual(try bench.pay(token: approval.token).status, 0)
    }

    func testApprovalEndsWithThePolicyItWasGivenUnder() throws {
        let bench = try ApprovalBench()
        let approval = try XCTUnwrap(bench.pay().approval)
        try bench.approve(approval.id)
        try bench.setPolicy("defaults: {money: approve, write: deny}")
        try bench.pay(token: approval.token).expectRefused("mismatch", "policy")
        XCTAssertEqual(try bench.pay().status, 3)
        try bench.setPolicy("defaults: {money: deny}")
        XCTAssertEqual(try bench.pay(token: approval.token).type, "policy_denied")
        XCTAssertEqual(try bench.intents(), 0)
    }

    func testApprovalThatRanOutIsExpiredForBothSides() throws {
        let bench = try ApprovalBench()
        try bench.setPolicy("approvals: {ttl: 1ms}")
        let approval = try XCTUnwrap(bench.pay().approval)
        // Starting a process takes more than the millisecond.
        let decision = try bench.folder.rig(["approve", approval.id, "--json"])
        XCTAssertEqual(decision.status, 4)
        XCTAssertEqual(try decision.errorType(), "approval_invalid")
        XCTAssertTrue(decision.err.contains("expired"), decision.err)
        try bench.pay(token: approval.token).expectRefused("expired")
        XCTAssertEqual(try bench.approval(approval.id)["state"] as? String, "expired")
    }

    func testReplayDenialAndImpatienceAreRefusedWithTheirReason() throws {
        let bench = try ApprovalBench()
        let used = try XCTUnwrap(bench.pay().approval)
        try bench.pay(token: used.token).expectRefused("pending")
        try bench.approve(used.id)
        XCTAssertEqual(try bench.pay(token: used.token).status, 0)
        try bench.pay(token: used.token).expectRefused("consumed")

        let denied = try XCTUnwrap(bench.pay(#"{"amount": 9, "to": "bob"}"#).approval)
        try bench.folder.expectSuccess(["deny", denied.id])
        for token in [denied.token, nil] {
            try bench.pay(#"{"amount": 9, "to": "bob"}"#, token: token).expectRefused("denied")
        }
        let forged = used.id + "." + String(repeating: "0", count: 64)
        for token in ["", "guess", used.id, forged] {
            try bench.pay(token: token).expectRefused("unknown", token)
        }
        XCTAssertEqual(try bench.intents(), 1)
    }

    func testApprovalThatNobodyUsedYetCanBeTakenBack() throws {
        let bench = try ApprovalBench()
        let approval = try XCTUnwrap(bench.pay().approval)
        try bench.approve(approval.id)
        try bench.folder.expectSuccess(["deny", approval.id])
        try bench.pay(token: approval.token).expectRefused("denied")
        XCTAssertEqual(try bench.folder.rig(["approve", approval.id]).status, 4)
        XCTAssertEqual(try bench.intents(), 0)
    }

    func testIdenticalCallsAtOnceUseAnApprovalOnce() throws {
        let bench = try ApprovalBench()
        let approval = try XCTUnwrap(bench.pay().approval)
        try bench.approve(approval.id)
        let processes = try (0..<4).map { number -> (Process, URL) in
            let (process, out) = try bench.start(token: number % 2 == 0 ? approval.token : nil)
            return (process, out)
        }
        var statuses: [Int32] = []
        for (process, _) in processes {
            process.waitUntilExit()
            statuses.append(process.terminationStatus)
        }
        XCTAssertEqual(statuses.filter { $0 == 0 }.count, 1, "\(statuses)")
        // The others: used already, or (without the token, too late to find it) asked anew.
        XCTAssertTrue(statuses.allSatisfy { [0, 3, 4].contains($0) }, "\(statuses)")
        XCTAssertEqual(try bench.intents(), 1)
    }

    /// RIG_APPROVAL_KILLS sets how many times. What the worker did stands in its data folder, what
    /// the caller was told in a file, and both are held against the record.
    func testKillAtAnyPointUsesAnApprovalWithItsIntentOrNotAtAll() throws {
        let kills =
            ProcessInfo.processInfo.environment["RIG_APPROVAL_KILLS"].flatMap(Int.init) ?? 6
        let bench = try ApprovalBench()
        for number in 0..<kills {
            let args = #"{"amount": \#(number), "to": "alice"}"#
            let approval = try XCTUnwrap(bench.pay(args).approval)
            try bench.approve(approval.id)
            let (process, answer) = try bench.start(args, token: approval.token)
            usleep(.random(in: 0...250_000))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()

            let wasUsed = try bench.approval(approval.id)["state"] as? String == "consumed"
            XCTAssertEqual(try bench.intents(of: approval.id), wasUsed ? 1 : 0)
            let effects = try bench.effects().filter { $0 == approval.id }.count
            XCTAssertLessThanOrEqual(effects, wasUsed ? 1 : 0, "an effect without its intent")
            if try !Data(contentsOf: answer).isEmpty {
                XCTAssertEqual(try bench.outcomes(of: approval.id), ["ok"], "answered, unrecorded")
            }
            let retry = try bench.pay(args, token: approval.token)
            if wasUsed {
                retry.expectRefused("consumed", "after a kill")
            } else {
                XCTAssertEqual(retry.status, 0, retry.text)
            }
            XCTAssertEqual(try bench.intents(of: approval.id), 1)
            XCTAssertLessThanOrEqual(try bench.effects().filter { $0 == approval.id }.count, 1)
        }
        let verified = try bench.folder.rig(["audit", "verify"])
        XCTAssertEqual(verified.status, 0, verified.out + verified.err)
    }

    func testWhatAPersonIsShownHidesNothing() throws {
        let bench = try ApprovalBench()
        let args = #"{"amount": 1, "to": "\u202eecila\u001b[2K\u200b"}"#
        let asked = try bench.folder.rig(["call", "till.pay", args])
        XCTAssertEqual(asked.status, 3)
        let command = try XCTUnwrap(
            asked.err.firstMatch(of: /hint: .*(rig approve ap_[0-9a-z]{16})\n/)
        ).1
        let words = command.split(separator: " ").dropFirst().map(String.init)
        let shown = [
            asked.err, try bench.folder.rig(["approvals"]).out,
            try bench.folder.rig(["approvals", "show", words[1]]).out,
            try bench.folder.rig(words).out,
        ]
        for text in shown {
            XCTAssertTrue(text.contains(#"\u{202e}ecila"#), text)
            XCTAssertFalse(
                text.unicodeScalars.contains {
                    "\u{202E}\u{1B}\u{200B}".unicodeScalars.contains($0)
                })
        }
        XCTAssertEqual(try bench.pay(args).status, 0, "the hint's command approved it")
    }

    func testCallThatPolicyAllowsTouchesNoApproval() throws {
        let bench = try ApprovalBench()
        let outcome = try bench.folder.rig(
            ["call", "till.look", "{}", "--json", "--approval-token", "anything"])
        XCTAssertEqual(outcome.status, 0, outcome.out)
        let list = try bench.folder.rig(["approvals", "--all", "--json"]).json()
        XCTAssertEqual((list["approvals"] as? [Any])?.count, 0)
    }

    func testWatchShowsACallThatBeginsToWait() throws {
        let bench = try ApprovalBench()
        let process = bench.folder.process(["approvals", "--watch", "--json"])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let approval = try XCTUnwrap(bench.pay().approval)
        var bytes = Data()
        while !bytes.contains(0x0A) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return XCTFail("the watch ended by itself") }
            bytes += more
        }
        let line = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        XCTAssertEqual(line?["approval_id"] as? String, approval.id)
        XCTAssertEqual(line?["args"] as? String, #"{"amount":100,"to":"alice"}"#)
        process.interrupt()
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 0)
    }

    func testCommandsSayWhatIsWrongWithAnID() throws {
        let bench = try ApprovalBench()
        for command in [["approve"], ["deny"], ["approvals", "show"]] {
            XCTAssertEqual(try bench.folder.rig(command).status, 2)
            XCTAssertEqual(try bench.folder.rig(command + ["ap_1"]).status, 2)
            let unknown = try bench.folder.rig(command + ["ap_0123456789abcdef", "--json"])
            XCTAssertEqual(unknown.status, 4)
            XCTAssertEqual(try unknown.errorType(), "approval_invalid")
        }
    }
}
