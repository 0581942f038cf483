import RIGApproval
import RIGBytes
import RIGJSON
import RIGModel
import XCTest

/// What can be said of approvals without a database.
final class ApprovalStateTests: XCTestCase {
    /// Every state under every event: the state it leads to, or the refusal.
    private static let table:
        [(ApprovalState, ApprovalEvent, Result<ApprovalState, ApprovalRefusal>)] = [
            (.pending, .approve, .success(.approved)),
            (.pending, .deny, .success(.denied)),
            (.pending, .consume, .failure(.pending)),
            (.approved, .approve, .failure(.approved)),
            (.approved, .deny, .success(.denied)),
            (.approved, .consume, .success(.consumed)),
            (.denied, .approve, .failure(.denied)),
            (.denied, .deny, .failure(.denied)),
            (.denied, .consume, .failure(.denied)),
            (.consumed, .approve, .failure(.consumed)),
            (.consumed, .deny, .failure(.consumed)),
            (.consumed, .consume, .failure(.consumed)),
            (.expired, .approve, .failure(.expired)),
            (.expired, .deny, .failure(.expired)),
            (.expired, .consume, .failure(.expired)),
        ]

    func testEveryStateUnderEveryEventIsAsTheTableSays() {
        for (state, event, expected) in Self.table {
            let found = Result { () throws(ApprovalRefusal) in try state.after(event) }
            XCTAssertEqual(found, expected, "\(state) after \(event)")
        }
        XCTAssertEqual(
            Self.table.count, ApprovalState.allCases.count * ApprovalEvent.allCases.count)
    }

    func testOnlyOpenStatesRunOutAndTheyDoSoAtTheLastMillisecond() {
        for state in ApprovalState.allCases {
            XCTAssertEqual(state.at(999, expires: 1_000), state)
            XCTAssertEqual(state.at(1_000, expires: 1_000), state.isOpen ? .expired : state)
        }
    }

    func testEveryReasonOfTheContractIsARefusalUnderItsOwnWord() {
        let words = ApprovalRefusal.allCases.compactMap(\.reason)
        XCTAssertEqual(Set(words), Set(ApprovalInvalidReason.allCases))
        XCTAssertEqual(words.count, Set(words).count)
        XCTAssertNil(ApprovalRefusal(rawValue: 0), "0 is the code of what was written")
    }

    func testBindingDiffersInEveryPartItCovers() {
        let base = Sample.binding
        let changes: [(inout ApprovalBinding) -> Void] = [
            { $0.tenant = "b" }, { $0.actor = "b" }, { $0.tool = "b.pay" }, { $0.pack = "b" },
            { $0.packVersion = "2" }, { $0.packDigest = Sample.digest("b") },
            { $0.shape = Sample.digest("b") }, { $0.arguments = Sample.digest("b") },
            { $0.policy = Sample.digest("b") },
        ]
        var digests = Set([base.digest])
        for change in changes {
            var other = base
            change(&other)
            digests.insert(other.digest)
        }
        XCTAssertEqual(digests.count, changes.count + 1)
        XCTAssertEqual(Mirror(reflecting: base).children.count, changes.count, "a part has no test")
        // Text cannot wander from one part into the next.
        var (left, right) = (base, base)
        (left.tenant, left.actor) = ("ab", "c")
        (right.tenant, right.actor) = ("a", "bc")
        XCTAssertNotEqual(left.digest, right.digest)
    }

    func testSealCoversNameBindingAndEnd() {
        func seal(_ id: String, _ binding: String, _ end: Int64) -> Digest {
            ApprovalBinding.seal(
                id: id, binding: Sample.digest(binding), expiresMilliseconds: end)
        }
        let seals = [seal("a", "x", 1), seal("b", "x", 1), seal("a", "y", 1), seal("a", "x", 2)]
        XCTAssertEqual(Set(seals).count, 4)
        XCTAssertEqual(seal("a", "x", 1), seals[0])
    }

    func testTokenReadsBackAndNothingElseIsOne() throws {
        let token = ApprovalToken(id: ApprovalID.make(), seal: Sample.digest("a"))
        XCTAssertEqual(ApprovalToken(token.text), token)
        let hex = token.seal.hex
        for text in [
            "", ".", token.id, token.id + ".", "." + hex, token.text + ".", token.text + "0",
            token.id + "." + hex.uppercased(), "ap_." + hex, "xx" + token.text,
            token.text.replacingOccurrences(of: "ap_", with: "AP_"),
        ] {
            XCTAssertNil(ApprovalToken(text), text)
        }
    }

    func testIDsAreOfTheContractsCharactersAndDiffer() {
        let ids = (0..<1_000).map { _ in ApprovalID.make() }
        XCTAssertEqual(Set(ids).count, ids.count)
        XCTAssertTrue(ids.allSatisfy(ApprovalID.isValid))
        XCTAssertTrue(ids.allSatisfy { $0.utf8.count == 19 })
        XCTAssertFalse(ApprovalID.isValid("ap_0123456789abcdei"), "i is no digit")
    }

    func testArgumentsAreNamedByTheirCanonicalForm() throws {
        func arguments(_ text: String) throws -> ApprovalArguments {
            ApprovalArguments(try JSONValue.parse(Array(text.utf8), limits: JSONLimits()))
        }
        let one = try arguments(#"{"b": 1.50, "a": "\u0041"}"#)
        XCTAssertEqual(one.head, #"{"a":"A","b":1.5}"#)
        XCTAssertEqual(one.digest, SHA256.digest(Array(one.head.utf8)))
        XCTAssertEqual(one, try arguments(#"{"a":"A","b":15e-1}"#))
        XCTAssertNotEqual(one, try arguments(#"{"a":"A","b":1.51}"#))
        XCTAssertNotEqual(one, try arguments(#"{"a":"B","b":1.5}"#))
    }

    func testLongArgumentsAreCutBetweenCharactersAndNamedWhole() throws {
        for shift in 0..<4 {
            let text =
                #"{"a":""# + String(repeating: "x", count: shift)
                + String(repeating: "😀", count: 20_000) + #""}"#
            let arguments = ApprovalArguments(
                try JSONValue.parse(Array(text.utf8), limits: JSONLimits()))
            XCTAssertEqual(arguments.bytes, text.utf8.count)
            XCTAssertEqual(arguments.digest, SHA256.digest(Array(text.utf8)))
            let count = arguments.head.utf8.count
            XCTAssertLessThanOrEqual(count, Limits.approvalArgumentsBytesMax)
            XCTAssertGreaterThan(count, Limits.approvalArgumentsBytesMax - 4)
            XCTAssertTrue(text.hasPrefix(arguments.head))
        }
    }

    func testWhatAPersonReadsHidesNothing() {
        XCTAssertEqual(
            VisibleText.escaped("a\u{202E}b\u{1B}[2Kc\nd\u{200B}e\u{FEFF}é✓"),
            #"a\u{202e}b\u{1b}[2Kc\u{a}d\u{200b}e\u{feff}é✓"#)
    }
}
