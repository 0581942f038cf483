import Foundation
import RIGApproval
import RIGAudit
import RIGBytes
import RIGLinux
import RIGLoop
import RIGModel
import RIGStore
import RIGTestSupport
import XCTest

/// Approvals on a real database, through the queue they share with the audit.
final class ApprovalDeskTests: XCTestCase {
    private var folder = TemporaryFolder("approval")
    private var path: String { folder.path("state.db") }

    override func tearDown() { folder.remove() }

    private func kinds() throws -> [String] {
        try AuditReader.open(path).page(order: .oldestFirst).records.map(\.kind)
    }

    func testCallIsAskedAboutOnceApprovedAndRunsOnce() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let first = try Sample.draft()
            expect(
                try await records.desk.standing(of: first, token: nil), .waiting(first))
            let again = try await records.desk.standing(
                of: Sample.draft(created: 1_500), token: nil)
            XCTAssertEqual(again.waiting?.id, first.id, "the same call finds the same record")

            expect(try await records.decide(.approve, first), nil)
            let found = try await records.desk.standing(
                of: Sample.draft(created: 2_500), token: nil)
            let claim = try XCTUnwrap(found.claim)
            XCTAssertEqual(claim.id, first.id)
            expect(try await records.use(claim, call: 5), nil)
            expect(try await records.use(claim, call: 6), .consumed)

            let next = try Sample.draft(created: 4_000)
            let asked = try await records.desk.standing(of: next, token: nil)
            XCTAssertEqual(asked.waiting?.id, next.id, "a new approval is asked for")
            _ = await records.audit.close()
        }
        // The refused second use has an outcome and no intent.
        XCTAssertEqual(try kinds(), ["approval", "intent", "outcome", "outcome"])
        let used = try ApprovalReader.open(path).list(all: true, at: 5_000).last
        XCTAssertEqual(used?.state, .consumed)
        XCTAssertEqual(used?.consumedBy, Sample.callID(5).text)
        XCTAssertEqual(used?.decidedBy, "uid:7")
        XCTAssertEqual(used?.channel, "cli")
        XCTAssertEqual(used?.note, "why not")
    }

    func testRecordsThatAreOverAreForgottenAfterTheirTimeAndTheOpenOnesAreNot() async throws {
        let path = path
        let now = WallClock.nowMilliseconds()
        let (hour, day): (Int64, Int64) = (3_600_000, 86_400_000)
        try await onLoop {
            var records = try await Records(path)
            let used = try Sample.draft()
            _ = try await records.desk.standing(of: used, token: nil)
            expect(try await records.decide(.approve, used), nil)
            let claim = try await records.desk.standing(of: Sample.draft(), token: nil).claim
            expect(try await records.use(try XCTUnwrap(claim), call: 5), nil)
            let recent = try Sample.draft(created: now - 2 * hour, expires: now - hour) {
                $0.tenant = "recent"
            }
            let open = try Sample.draft(created: now, expires: now + day) { $0.tenant = "open" }
            for draft in [recent, open] {
                _ = try await records.desk.standing(of: draft, token: nil)
            }
            _ = await records.audit.close()

            records = try await Records(path, keptMilliseconds: day)
            let token = try XCTUnwrap(used.token).text
            // The table forgets behind a commit.
            try await records.audit.record(Sample.row(.outcome, 9))
            while try ApprovalReader.open(path).find(used.id) != nil {
                await EventLoop.shared.sleep(nanoseconds: 1_000_000)
            }
            let left = try ApprovalReader.open(path).list(all: true, at: now).map(\.id)
            XCTAssertEqual(Set(left), [recent.id, open.id])
            let replay = try await records.desk.standing(of: Sample.draft(), token: token)
            XCTAssertEqual(replay, .refused(.unknown), "what is forgotten approves nothing")
            _ = await records.audit.close()
        }
    }

    func testTokenOfAnotherCallIsAMismatchWhateverItsState() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let mine = try Sample.draft()
            _ = try await records.desk.standing(of: mine, token: nil)
            let token = try XCTUnwrap(mine.token).text
            for state in ["pending", "approved"] {
                for change in [
                    { $0.tenant = "other" }, { $0.actor = "bob" }, { $0.packVersion = "1.0.1" },
                    { $0.packDigest = Sample.digest("edited") }, { $0.tool = "py.pay" },
                    { $0.shape = Sample.digest("edited") }, { $0.policy = Sample.digest("edited") },
                ] as [(inout ApprovalBinding) -> Void] {
                    let other = try Sample.draft(change)
                    let standing = try await records.desk.standing(of: other, token: token)
                    XCTAssertEqual(standing, .refused(.mismatch), state)
                }
                if state == "pending" { expect(try await records.decide(.approve, mine), nil) }
            }
            let open = try ApprovalReader.open(path).list(all: true, at: 2_000)
            XCTAssertEqual(open.count, 1, "a call with a token asks nobody")
            _ = await records.audit.close()
        }
    }

    func testTokenNamesTheReasonOfEveryState() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            func standing(_ token: String, at now: Int64) async throws -> ApprovalStanding {
                try await records.desk.standing(of: Sample.draft(created: now), token: token)
            }
            let record = try Sample.draft()
            let token = try XCTUnwrap(record.token).text
            let nobody = try await standing(token, at: 1_000)
            XCTAssertEqual(nobody, .refused(.unknown))
            _ = try await records.desk.standing(of: record, token: nil)
            let forged = ApprovalToken(id: record.id, seal: Sample.digest("guess")).text
            for (text, reason) in [
                (token, ApprovalInvalidReason.pending), (forged, .unknown), ("", .unknown),
                (record.id, .unknown),
            ] {
                let found = try await standing(text, at: 1_000)
                XCTAssertEqual(found, .refused(reason), text)
            }
            let late = try await standing(token, at: 100_000)
            XCTAssertEqual(late, .refused(.expired))
            expect(try await records.decide(.approve, record), nil)
            let lateApproved = try await standing(token, at: 100_000)
            XCTAssertEqual(lateApproved, .refused(.expired))
            let ready = try await standing(token, at: 2_500)
            let claim = try XCTUnwrap(ready.claim)
            expect(try await records.use(claim, call: 9, at: 100_000), .expired)
            expect(try await records.use(claim, call: 10), nil)
            let replay = try await standing(token, at: 3_500)
            XCTAssertEqual(replay, .refused(.consumed))
            _ = await records.audit.close()
        }
    }

    func testDenialStandsUntilTheRecordWouldHaveEndedAndAnApprovalCanBeTakenBack() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let record = try Sample.draft()
            _ = try await records.desk.standing(of: record, token: nil)
            expect(try await records.decide(.approve, record), nil)
            let ready = try await records.desk.standing(of: Sample.draft(), token: nil)
            let claim = try XCTUnwrap(ready.claim)
            expect(try await records.decide(.deny, record), nil)
            expect(try await records.use(claim, call: 5), .denied)
            for token in [nil, record.token?.text] {
                let standing = try await records.desk.standing(of: Sample.draft(), token: token)
                XCTAssertEqual(standing, .refused(.denied))
            }
            expect(try await records.decide(.approve, record), .denied)
            let later = try Sample.draft(created: 100_000, expires: 200_000)
            let standing = try await records.desk.standing(of: later, token: nil)
            XCTAssertEqual(standing, .waiting(later))
            _ = await records.audit.close()
        }
        XCTAssertEqual(try kinds(), ["approval", "approval", "outcome"])
    }

    func testDecisionThatCannotBeMadeLeavesNoRow() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let unknown = try Sample.draft()
            expect(try await records.decide(.approve, unknown), .unknown)
            _ = try await records.desk.standing(of: unknown, token: nil)
            expect(try await records.decide(.approve, unknown, at: 100_000), .expired)
            expect(try await records.decide(.approve, unknown), nil)
            expect(try await records.decide(.approve, unknown), .approved)
            _ = await records.audit.close()
        }
        XCTAssertEqual(try kinds(), ["approval"])
    }

    func testArgumentsAreKeptWhileTheRecordIsOpenAndNoLonger() async throws {
        let path = path
        func args(_ id: String) throws -> String? {
            let reader = try ApprovalReader.open(path)
            let record = try reader.find(id)
            return record?.args
        }
        let ids = try await onLoop {
            let records = try await Records(path)
            let denied = try Sample.draft { $0.actor = "denied" }
            let consumed = try Sample.draft { $0.actor = "consumed" }
            let expired = try Sample.draft(expires: 5_000) { $0.actor = "expired" }
            for draft in [denied, consumed, expired] {
                _ = try await records.desk.standing(of: draft, token: nil)
                XCTAssertEqual(try args(draft.id), Sample.args)
            }
            expect(try await records.decide(.deny, denied), nil)
            expect(try await records.decide(.approve, consumed), nil)
            XCTAssertEqual(try args(consumed.id), Sample.args)
            let ready = try await records.desk.standing(of: consumed, token: nil)
            expect(try await records.use(try XCTUnwrap(ready.claim), call: 5), nil)
            // The next question finds the one that ran out.
            _ = try await records.desk.standing(of: Sample.draft(created: 6_000), token: nil)
            _ = await records.audit.close()
            return [denied.id, consumed.id, expired.id]
        }
        for id in ids { XCTAssertNil(try args(id)) }
        XCTAssertEqual(try ApprovalReader.open(path).find(ids[2])?.state, .expired)
    }

    func testArgumentsOfAnEndedRecordAreNowhereInTheFile() async throws {
        let path = path
        let marker = "wire-it-to-nobody"
        let text = #"{"note":"\#(String(repeating: "x", count: 20_000))","to":"\#(marker)"}"#
        func isInFile() throws -> Bool {
            let files = [path, path + "-wal"].filter(FileManager.default.fileExists(atPath:))
            return try files.contains {
                try Data(contentsOf: URL(fileURLWithPath: $0)).range(of: Data(marker.utf8)) != nil
            }
        }
        try await onLoop {
            let records = try await Records(path)
            let record = try Sample.draft(arguments: text)
            _ = try await records.desk.standing(of: record, token: nil)
            XCTAssertTrue(try isInFile())
            expect(try await records.decide(.deny, record), nil)
            // Closing the last connection empties the log into the database.
            _ = await records.audit.close()
        }
        XCTAssertFalse(try isInFile())
    }

    func testConcurrentUsesOfOneApprovalRunOnce() async throws {
        let path = path
        let results = try await onLoop {
            // Two processes' worth of queues on one database, and many calls on each.
            let one = try await Records(path)
            let two = try await Records(path)
            let record = try Sample.draft()
            _ = try await one.desk.standing(of: record, token: nil)
            expect(try await one.decide(.approve, record), nil)
            let tasks = (0..<32).map { number in
                Task { @RequestLoop in
                    let records = number % 2 == 0 ? one : two
                    let standing = try await records.desk.standing(
                        of: Sample.draft(created: 2_500), token: record.token?.text)
                    guard let claim = standing.claim else { return standing.reason?.rawValue }
                    return try await records.use(claim, call: UInt64(100 + number))?
                        .reason?.rawValue
                }
            }
            var results: [String?] = []
            for task in tasks { results.append(try await task.value) }
            _ = await one.audit.close()
            _ = await two.audit.close()
            return results
        }
        XCTAssertEqual(results.filter { $0 == nil }.count, 1)
        XCTAssertEqual(results.filter { $0 == "consumed" }.count, 31)
        XCTAssertEqual(try kinds().filter { $0 == "intent" }.count, 1)
    }

    func testConcurrentQuestionsAboutOneCallMakeOneRecord() async throws {
        let path = path
        let ids = try await onLoop {
            let one = try await Records(path)
            let two = try await Records(path)
            let tasks = (0..<16).map { number in
                Task { @RequestLoop in
                    try await (number % 2 == 0 ? one : two).desk
                        .standing(of: Sample.draft(), token: nil).waiting?.id
                }
            }
            var ids: Set<String?> = []
            for task in tasks { ids.insert(try await task.value) }
            _ = await one.audit.close()
            _ = await two.audit.close()
            return ids
        }
        XCTAssertEqual(ids.count, 1)
        XCTAssertEqual(try ApprovalReader.open(path).list(all: true, at: 1_000).count, 1)
    }

    func testRecordThatWasEditedIsWorthNothing() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let record = try Sample.draft()
            _ = try await records.desk.standing(of: record, token: nil)
            expect(try await records.decide(.approve, record), nil)
            _ = await records.audit.close()
        }
        let database = try Database.open(path, schema: .state)
        XCTAssertThrowsError(try database.execute("UPDATE approval SET expires_ms = 1 << 50"))
        XCTAssertThrowsError(try database.execute("UPDATE approval SET state = 'paid'"))
        try database.execute("DROP TRIGGER approval_keeps_its_terms")
        try database.execute("UPDATE approval SET expires_ms = 1 << 50")
        try await onLoop {
            let records = try await Records(path)
            let standing = try await records.desk.standing(
                of: Sample.draft(created: 200_000), token: nil)
            let claim = try XCTUnwrap(standing.claim)
            expect(try await records.use(claim, call: 5, at: 200_000), .mismatch)
            _ = await records.audit.close()
        }
    }

    func testAnEndIsNeverLeftEvenBySQL() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let record = try Sample.draft()
            _ = try await records.desk.standing(of: record, token: nil)
            expect(try await records.decide(.deny, record), nil)
            _ = await records.audit.close()
        }
        let database = try Database.open(path, schema: .state)
        XCTAssertThrowsError(try database.execute("UPDATE approval SET state = 'approved'"))
    }

    func testSoManyOpenRecordsAndNoMore() async throws {
        let path = path
        try await onLoop {
            let records = try await Records(path)
            let drafts = try (0..<Limits.approvalsOpenMax).map { number in
                try Sample.draft { $0.actor = "a\(number)" }
            }
            let tasks = drafts.map { draft in
                Task { @RequestLoop in try await records.desk.standing(of: draft, token: nil) }
            }
            for task in tasks { _ = try await task.value }
            do {
                _ = try await records.desk.standing(of: Sample.draft(), token: nil)
                XCTFail("one too many was taken")
            } catch {
                XCTAssertEqual(error as? ApprovalFault, .durable(.overloaded))
            }
            // Those that ran out make room.
            let later = try Sample.draft(created: 100_000, expires: 200_000)
            let standing = try await records.desk.standing(of: later, token: nil)
            XCTAssertEqual(standing, .waiting(later))
            _ = await records.audit.close()
        }
    }
}
