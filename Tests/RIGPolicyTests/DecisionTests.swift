import RIGBytes
import RIGJSON
import RIGModel
import XCTest

@testable import RIGPolicy

final class DecisionTests: XCTestCase {
    func testWithoutRulesTheRiskDecides() throws {
        let program = try PolicyProgram.compile(Policy())
        for (risk, effect) in [
            (Risk.read, Effect.allow), (.write, .approve), (.money, .approve),
            (.destructive, .deny),
        ] {
            let tool = PolicyTool(name: "a.b", pack: "p", risk: risk)
            let decision = try program.decide(tool)
            XCTAssertEqual(decision.effect, effect)
            XCTAssertEqual(decision.rule, "defaults.\(risk.rawValue)")
            XCTAssertTrue(program.decision(for: tool).isConstant)
        }
    }

    func testTheFirstRuleThatMatchesDecides() throws {
        let program = try PolicyProgram.compile(
            policy(
                rule("small", .allow, tool: "shop.refund", when: at(most: 100)),
                rule("medium", .approve, tool: "shop.*", when: at(most: 1000)),
                rule("rest", .deny, tool: "shop.*"), rule("all", .allow)))
        let amounts: [(Int64, Effect, String)] = [
            (1, .allow, "small"), (100, .allow, "small"), (101, .approve, "medium"),
            (1000, .approve, "medium"), (1001, .deny, "rest"),
        ]
        for (amount, effect, id) in amounts {
            let decision = try program.decide(refund, ["amount": .number(JSONNumber(amount))])
            XCTAssertEqual(decision.effect, effect, "\(amount)")
            XCTAssertEqual(decision.rule, id, "\(amount)")
        }
        XCTAssertEqual(try program.decide(refund, [:]).rule, "rest")
    }

    func testEveryFieldOfARuleIsAsked() throws {
        var changed: [(String, PolicyTool, PolicyCaller)] = []
        changed.append(
            ("tool", PolicyTool(name: "shop.pay", pack: refund.pack, risk: .money), caller))
        changed.append(("pack", PolicyTool(name: refund.name, pack: "other", risk: .money), caller))
        changed.append(
            ("risk", PolicyTool(name: refund.name, pack: refund.pack, risk: .read), caller))
        changed.append(("tenant", refund, PolicyCaller(tenant: "evil", actor: "bot")))
        changed.append(("actor", refund, PolicyCaller(tenant: "acme", actor: "human")))
        let program = try PolicyProgram.compile(
            policy(
                rule(
                    "narrow", .allow, tool: "shop.ref*", pack: "rig-pack-*", risk: .money,
                    tenant: "acme*", actor: "b*t")))
        XCTAssertEqual(try program.decide(refund).rule, "narrow")
        for (field, tool, who) in changed {
            XCTAssertNotEqual(try program.decide(tool, [:], who).rule, "narrow", field)
        }
    }

    func testARuleThatCannotMeetTheToolIsNotInItsProgram() throws {
        let program = try PolicyProgram.compile(
            policy(
                rule("a", .deny, tool: "fs.*", tenant: "x"),
                rule("b", .deny, risk: .read, actor: "x"),
                rule("c", .deny, pack: "other", when: at(most: 1))))
        XCTAssertTrue(program.decision(for: refund).isConstant)
        XCTAssertFalse(
            program.decision(for: PolicyTool(name: "fs.a", pack: "p", risk: .write)).isConstant)
    }

    func testAConditionThatGivesUpDenies() throws {
        // Alternatives that double at every level: the walk's work ends long before they do.
        let next: JSONValue = ["items": ["$ref": "#/$defs/nest"]]
        let program = try PolicyProgram.compile(
            policy(
                rule(
                    "bomb", .allow,
                    when: [
                        "$defs": ["nest": ["oneOf": [next, next, ["type": "string"]]]],
                        "properties": ["a": ["$ref": "#/$defs/nest"]],
                    ]),
                rule("rest", .allow, tool: "shop.*")))
        var deep: JSONValue = "x"
        for _ in 0..<40 { deep = [deep] }
        let args: JSONValue = ["a": deep]
        let decision = try program.decide(refund, args)
        XCTAssertEqual(decision.effect, .deny)
        XCTAssertEqual(decision.rule, "bomb")
        XCTAssertTrue(decision.isTooCostly)
    }

    func testAForecastHoldsWhatTheArgumentsCanDecide() throws {
        let program = try PolicyProgram.compile(
            policy(
                rule("small", .allow, tool: "shop.*", when: at(most: 100)),
                rule("other", .deny, tool: "shop.*", tenant: "evil"),
                rule("large", .approve, tool: "shop.*")))
        let mine = program.decision(for: refund).forecast(caller)
        XCTAssertEqual(mine.decisions.map(\.rule), ["small", "large"])
        XCTAssertNil(mine.effect)
        XCTAssertEqual(mine.word, "depends")
        XCTAssertEqual(mine.effects, [.allow, .approve])
        let evil = program.decision(for: refund).forecast(PolicyCaller(tenant: "evil", actor: "x"))
        XCTAssertEqual(evil.decisions.map(\.rule), ["small", "other"])
    }

    func testSeveralWaysToOneEffectAreThatEffect() throws {
        let program = try PolicyProgram.compile(
            policy(rule("small", .approve, tool: "shop.*", when: at(most: 100))))
        XCTAssertEqual(program.decision(for: refund).forecast(caller).word, "approve")
    }

    func testAConditionThatAsksNothingCostsNothing() throws {
        let program = try PolicyProgram.compile(
            policy(rule("any", .allow, tool: "shop.*", when: [:])))
        XCTAssertTrue(program.decision(for: refund).isConstant)
    }

    func testTheDigestIsThatOfTheMeaning() throws {
        func digest(_ policy: Policy) throws -> Digest {
            let program = try PolicyProgram.compile(policy)
            return program.digest
        }
        let one = policy(rule("a", .allow, tool: "x.*"), rule("b", .deny, tool: "y.*"))
        var same = one
        same.rules[0].place = ConfigPlace(line: 99, column: 3)
        same.approvalTTLMilliseconds = 1
        XCTAssertEqual(try digest(one), try digest(same))
        same.rules[0].when = ["maxProperties": .number(JSONNumber(Int64(1)))]
        var spelled = same
        spelled.rules[0].when = try JSONValue.parse(Array(#"{"maxProperties": 1.0}"#.utf8))
        XCTAssertEqual(try digest(same), try digest(spelled))
        var others: [Policy] = [Policy()]
        for change in [
            { $0.rules.swapAt(0, 1) }, { $0.rules[0].id = "c" }, { $0.rules[0].tool = "x" },
            { $0.rules[0].pack = "p" }, { $0.rules[0].risk = .read }, { $0.rules[0].tenant = "t" },
            { $0.rules[0].actor = "t" }, { $0.rules[0].effect = .approve },
            { $0.rules[0].when = ["maxProperties": 1] },
            { $0.rules[0].limit = RateWindow(perMilliseconds: 1, calls: 1) },
            { $0.defaults.write = .allow },
            { $0.rateLimits = [RateLimit(window: RateWindow(perMilliseconds: 1, calls: 1))] },
            { $0.rateLimits = [RateLimit(window: RateWindow(perMilliseconds: 1, calls: 2))] },
        ] as [(inout Policy) -> Void] {
            var other = one
            change(&other)
            others.append(other)
        }
        let digests = try others.map(digest) + [digest(one)]
        XCTAssertEqual(Set(digests).count, digests.count, "two policies share a digest")
    }
}
