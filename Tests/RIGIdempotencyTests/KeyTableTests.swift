import RIGApproval
import RIGAudit
import RIGBytes
import RIGJSON
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

@testable import RIGIdempotency

/// Keys in the audit's transactions, at times that the tests choose.
final class KeyTableTests: XCTestCase {
    private var folder = TemporaryFolder("keys")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    private static let day: Int64 = 86_400_000

    func testKeyIsOpenFromItsIntentAndAnswersFromItsOutcome() async throws {
        let path = path
        try await onLoop {
            let house = try await House(path)
            let scope = Sample.scope("k")
            let free = try await house.standing(scope, at: 1_000)
            XCTAssertEqual(free, .free)
            var slot = try house.audit.admit(others: 1)
            let code = try await house.begin(scope, call: 1, at: 1_000, &slot)
            XCTAssertEqual(code, 0)
            let open = try await house.standing(scope, at: 1_000)
            XCTAssertEqual(open, .open)
            let other = try await house.standing(Sample.scope("k", "[2]"), at: 1_000)
            XCTAssertEqual(other, .conflict)
            try await house.end(scope, call: 1, body: "{\"é\":1}", at: 2_000, slot)
            let ended = try await house.standing(scope, at: 2_000)
            XCTAssertEqual(ended, .ended(Sample.result(1, "{\"é\":1}")))
            await house.close()
        }
    }

    func testKeyIsKeptForADayAfterItsEnd() async throws {
        let path = path
        try await onLoop {
            let house = try await House(path)
            let scope = Sample.scope("k")
            try await house.run(scope, call: 1, at: 1_000)
            let before = try await house.standing(scope, at: 1_000 + Self.day - 1)
            XCTAssertEqual(before, .ended(Sample.result(1)))
            let after = try await house.standing(scope, at: 1_000 + Self.day)
            XCTAssertEqual(after, .free)
            try await house.run(scope, call: 2, at: 1_000 + Self.day)
            let again = try await house.standing(scope, at: 2_000 + Self.day)
            XCTAssertEqual(again, .ended(Sample.result(2)))
            await house.close()
        }
    }

    func testSecondClaimIsRefusedAndWritesNoIntent() async throws {
        let path = path
        try await onLoop {
            let house = try await House(path)
            let scope = Sample.scope("k")
            var first = try house.audit.admit(others: 1)
            _ = try await house.begin(scope, call: 1, at: 1_000, &first)
            var second = try house.audit.admit(others: 1)
            let atWork = try await house.begin(
                scope, call: 2, repeats: true, at: 1_000, &second)
            XCTAssertEqual(KeyRefusal(rawValue: atWork), .taken)
            XCTAssertFalse(second.hasIntent)
            try await house.end(scope, call: 1, body: "1", at: 1_000, first)
            let ended = try await house.begin(scope, call: 2, repeats: true, at: 1_000, &second)
            XCTAssertEqual(KeyRefusal(rawValue: ended), .taken)
            let page = try AuditReader.open(path).page()
            XCTAssertEqual(page.records.map(\.callID), [1, 1].map { Sample.callID($0).text })
            await house.close()
        }
    }

    func testReleasedKeyIsFreeAndAStrangerReleasesNothing() async throws {
        let path = path
        try await onLoop {
            let house = try await House(path)
            let scope = Sample.scope("k")
            var slot = try house.audit.admit(others: 1)
            _ = try await house.begin(scope, call: 1, at: 1_000, &slot)
            var other = try house.audit.admit(others: 1)
            _ = try await house.begin(Sample.scope("other"), call: 2, at: 1_000, &other)
            try await house.audit.outcome(
                Sample.row(.outcome, 2), other, durability: .strict,
                beside: house.ledger.release(
                    scope, callID: Sample.callID(2), nowMilliseconds: 1_000))
            let stands = try await house.standing(scope, at: 1_000)
            XCTAssertEqual(stands, .open)
            try await house.audit.outcome(
                Sample.row(.outcome, 1), slot, durability: .strict,
                beside: house.ledger.release(
                    scope, callID: Sample.callID(1), nowMilliseconds: 1_000))
            let free = try await house.standing(scope, at: 1_000)
            XCTAssertEqual(free, .free)
            await house.close()
        }
    }

    func testKeyOfAProcessThatEndedIsUnknownAndOnlyIdempotentToolsRunAgain() async throws {
        let path = path
        try await onLoop {
            // Not long over: the next opening deletes what is.
            let now = WallClock.nowMilliseconds()
            let scope = Sample.scope("k")
            let first = try await House(path)
            var slot = try first.audit.admit(others: 1)
            _ = try await first.begin(scope, call: 1, at: now, &slot)
            // The run ends without an outcome; the next one puts that on record.
            await first.close()

            let next = try await House(path)
            let standing = try await next.standing(scope, at: now)
            XCTAssertEqual(standing, .unknown(callID: Sample.callID(1).text))
            var room = try next.audit.admit(others: 1)
            let never = try await next.begin(scope, call: 2, at: now, &room)
            XCTAssertEqual(KeyRefusal(rawValue: never), .taken)
            var second = try next.audit.admit(others: 1)
            let again = try await next.begin(scope, call: 3, repeats: true, at: now, &second)
            XCTAssertEqual(again, 0)
            try await next.end(scope, call: 3, body: "3", at: now, second)
            let ended = try await next.standing(scope, at: now)
            XCTAssertEqual(ended, .ended(Sample.result(3, "3")))
            await next.close()
        }
    }

    func testApprovalIsNotUsedForAKeyThatIsTaken() async throws {
        let path = path
        try await onLoop {
            let house = try await House(path)
            let scope = Sample.scope("k")
            let claim = try await house.approved(path)
            try await house.run(scope, call: 1, at: 1_000)
            let use = claim.condition(callID: Sample.callID(2), nowMilliseconds: 2_000)
            var slot = try house.audit.admit(others: 1)
            let refused = try await house.begin(scope, call: 2, at: 2_000, uses: [use], &slot)
            XCTAssertEqual(KeyRefusal(rawValue: refused), .taken)
            let unused = try ApprovalReader.open(path).find(claim.id)
            XCTAssertEqual(unused?.state, .approved)
            // With a key of its own it is used, once; and what comes second leaves its key free.
            let own = Sample.scope("own")
            let used = try await house.begin(own, call: 2, at: 2_000, uses: [use], &slot)
            XCTAssertEqual(used, 0)
            let late = Sample.scope("late")
            var room = try house.audit.admit(others: 1)
            let second = try await house.begin(late, call: 3, at: 2_000, uses: [use], &room)
            XCTAssertEqual(ApprovalRefusal(rawValue: second), .consumed)
            let free = try await house.standing(late, at: 2_000)
            XCTAssertEqual(free, .free)
            await house.close()
        }
    }

    func testOutputsBeyondTheBoundAreDroppedOldestFirstAndTheirKeysStay() async throws {
        let path = path
        try await onLoop {
            var limits = KeyLimits()
            limits.bytesMax = 1_000
            let house = try await House(path, limits)
            let body = String(repeating: "1", count: 10)
            for number in 0..<200 as Range<UInt64> {
                try await house.run(
                    Sample.scope("k\(number)"), call: number, body: body, at: 1_000 + Int64(number))
            }
            let oldest = try await house.standing(Sample.scope("k0"), at: 2_000)
            XCTAssertEqual(oldest, .ended(Sample.dropped(0, bytes: 10)))
            let newest = try await house.standing(Sample.scope("k199"), at: 2_000)
            XCTAssertEqual(newest, .ended(Sample.result(199, body)))
            let database = try Database.open(path, schema: .state, access: .reader)
            let totals = try database.integer("SELECT bytes FROM idempotency_total")
            XCTAssertLessThanOrEqual(totals, 1_000)
            XCTAssertEqual(
                totals, try database.integer("SELECT total(length(body)) FROM idempotency"))
            XCTAssertEqual(try database.integer("SELECT keys FROM idempotency_total"), 200)
            await house.close()
        }
    }

    func testLongOutputIsNotKept() async throws {
        let path = path
        try await onLoop {
            let house = try await House(path)
            let longest = String(repeating: "1", count: Limits.replayBytesMax)
            try await house.run(Sample.scope("a"), call: 1, body: longest, at: 1_000)
            try await house.run(Sample.scope("b"), call: 2, body: longest + "1", at: 1_000)
            let kept = try await house.standing(Sample.scope("a"), at: 1_000)
            XCTAssertEqual(kept, .ended(Sample.result(1, longest)))
            let dropped = try await house.standing(Sample.scope("b"), at: 1_000)
            XCTAssertEqual(dropped, .ended(Sample.dropped(2, bytes: Limits.replayBytesMax + 1)))
            await house.close()
        }
    }

    func testOneKeyTooManyIsRefusedAndOldKeysGiveWay() async throws {
        let path = path
        try await onLoop {
            var limits = KeyLimits()
            limits.keysMax = 3
            let house = try await House(path, limits)
            for number in 0..<3 as Range<UInt64> {
                // Long over: the next opening deletes them.
                try await house.run(Sample.scope("k\(number)"), call: number, at: 1_000)
            }
            var slot = try house.audit.admit(others: 1)
            let code = try await house.begin(Sample.scope("k3"), call: 3, at: 1_000, &slot)
            XCTAssertEqual(KeyRefusal(rawValue: code), .tooMany)
            await house.close()
            let next = try await House(path, limits)
            try await next.run(Sample.scope("k3"), call: 3, at: 1_000)
            let keys = try Database.open(path, schema: .state, access: .reader)
                .integer("SELECT keys FROM idempotency_total")
            XCTAssertEqual(keys, 1)
            await next.close()
        }
    }

    func testScopeTellsCallersToolsKeysAndArgumentsApart() {
        let scope = Sample.scope("k")
        let others = [
            Sample.scope("other"), Sample.scope("k", tenant: "other"),
            Sample.scope("k", actor: "other"), Sample.scope("k", tool: "js.other"),
        ]
        XCTAssertEqual(Set((others + [scope]).map(\.digest)).count, 5)
        let same = Sample.scope("k", #"{ "b":2,"a":1.0 }"#)
        XCTAssertEqual(same, Sample.scope("k", #"{"a":1,"b":2e0}"#))
        XCTAssertEqual(same.digest, scope.digest)
        XCTAssertNotEqual(same.fingerprint, scope.fingerprint)
    }
}

enum Sample {
    static func scope(
        _ key: String, _ arguments: String = "[1]", tenant: String = "acme", actor: String = "ann",
        tool: String = "js.pay"
    ) -> KeyScope {
        guard let key = IdempotencyKey(given: key),
            let value = try? JSONValue.parse(Array(arguments.utf8), limits: JSONLimits())
        else { preconditionFailure("a sample is well formed") }
        return KeyScope(tenant: tenant, actor: actor, tool: tool, key: key, arguments: value)
    }

    static func callID(_ number: UInt64) -> CallID { CallID(high: 0, low: number) }

    static func result(_ call: UInt64, _ body: String = "1") -> KeyedResult {
        KeyedResult(isOutput: true, body: .text(Array(body.utf8)), meta: meta(call))
    }

    static func dropped(_ call: UInt64, bytes: Int) -> KeyedResult {
        KeyedResult(isOutput: true, body: .dropped(bytes: bytes), meta: meta(call))
    }

    private static func meta(_ call: UInt64) -> KeyedMeta {
        KeyedMeta(
            callID: callID(call).text, pack: "p", packVersion: "1", snapshot: "s", attempts: 2,
            approvalID: "ap_1")
    }

    static func row(_ kind: AuditRow.Kind, _ call: UInt64) -> AuditRow {
        AuditRow(
            kind: kind, timeMilliseconds: 1_000, callID: callID(call),
            correlationID: CorrelationID(callID(call)), tenant: "acme", actor: "ann", front: .cli,
            subject: AuditSubject(tool: "js.pay", risk: .money))
    }
}

/// Runs on the request loop, which gets a thread of its own for the test process.
func onLoop<Result: Sendable>(
    _ body: @RequestLoop () async throws -> Result
) async throws -> Result {
    EventLoop.startOnThread()
    return try await body()
}

/// An audit with approvals and keys beside it, as the gateway has them.
@RequestLoop
struct House {
    let audit: AuditLog
    let ledger: KeyLedger
    private let path: String

    init(_ path: String, _ limits: KeyLimits = KeyLimits()) async throws {
        self.path = path
        let keys: AuditLog.MakeTable = { (database) throws(StoreError) in
            try StoreError.wrap { () throws(SQLiteError) in try KeyTable(database, limits) }
        }
        audit = try await AuditLog.open(
            path, beside: [ApprovalDesk.table(keptMilliseconds: nil), keys])
        ledger = KeyLedger(path: path)
    }

    func standing(_ scope: KeyScope, at now: Int64) async throws -> KeyStanding {
        try KeyReader.open(path).standing(of: scope, at: now)
    }

    func begin(
        _ scope: KeyScope, call: UInt64, repeats: Bool = false, at now: Int64,
        uses: [DurableCondition] = [], _ slot: inout AuditSlot
    ) async throws -> UInt32 {
        try await audit.intent(
            Sample.row(.intent, call),
            if: ledger.claim(
                scope, callID: Sample.callID(call), repeats: repeats, nowMilliseconds: now,
                after: uses), &slot)
    }

    func end(
        _ scope: KeyScope, call: UInt64, body: String, at now: Int64,
        _ slot: consuming AuditSlot
    ) async throws {
        try await audit.outcome(
            Sample.row(.outcome, call), slot, durability: .batched,
            beside: ledger.finish(scope, Sample.result(call, body), nowMilliseconds: now))
    }

    func run(
        _ scope: KeyScope, call: UInt64, body: String = "1", at now: Int64
    ) async throws {
        var slot = try audit.admit(others: 1)
        let code = try await begin(scope, call: call, at: now, &slot)
        XCTAssertEqual(code, 0)
        try await end(scope, call: call, body: body, at: now, slot)
    }

    /// An approval that a person has given.
    func approved(_ path: String) async throws -> ApprovalClaim {
        let desk = ApprovalDesk(audit.queue, path: path)
        let digest = SHA256.digest(Array("any".utf8))
        let arguments = ApprovalArguments(
            try JSONValue.parse(Array("[1]".utf8), limits: JSONLimits()))
        let binding = ApprovalBinding(
            tenant: "acme", actor: "ann", tool: "js.pay", pack: "p", packVersion: "1",
            packDigest: digest, shape: digest, arguments: arguments.digest, policy: digest)
        let draft = ApprovalRecord(
            id: ApprovalID.make(), binding, arguments,
            ApprovalRecord.Origin(
                front: "cli", risk: "money", snapshot: "s", rule: "r",
                callID: Sample.callID(9).text, correlationID: "c-1"),
            createdMilliseconds: 1_000, expiresMilliseconds: 100_000)
        guard case .waiting(let record) = try await desk.standing(of: draft, token: nil) else {
            throw DurableFault.closed
        }
        let word = desk.condition(
            .approve, on: record, by: "uid:7", channel: "cli", note: "", nowMilliseconds: 1_000)
        _ = try await audit.decision(Sample.row(.approval, 9), if: word)
        guard case .approved(let claim) = try await desk.standing(of: draft, token: nil) else {
            throw DurableFault.closed
        }
        return claim
    }

    func close() async {
        let lost = await audit.close()
        XCTAssertEqual(lost, 0)
    }
}
