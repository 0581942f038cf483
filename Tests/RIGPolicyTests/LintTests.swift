import RIGJSON
import RIGModel
import XCTest

@testable import RIGPolicy

final class LintTests: XCTestCase {
    func testARuleBehindAWiderOneIsShadowed() {
        let found = lint(
            policy(rule("all", .deny, tool: "shop.*"), rule("one", .allow, tool: "shop.refund")))
        XCTAssertEqual(found, ["one": [.shadowed(by: ["all"])]])
    }

    func testWhatAnEarlierRuleLeavesOpenIsNoShadow() {
        let open: [(PolicyRule, PolicyRule)] = [
            (
                rule("a", .deny, tool: "shop.*", when: at(most: 1)),
                rule("b", .allow, tool: "shop.x")
            ),
            (rule("a", .deny, tool: "shop.x"), rule("b", .allow, tool: "shop.*")),
            (rule("a", .deny, tenant: "acme"), rule("b", .allow)),
            (rule("a", .deny, actor: "b*"), rule("b", .allow, actor: "*b")),
            (rule("a", .deny, risk: .money), rule("b", .allow)),
            (rule("a", .deny, pack: "p"), rule("b", .allow, tool: "p.*")),
            (rule("a", .deny, when: at(most: 1)), rule("b", .allow, when: at(most: 2))),
        ]
        for (first, second) in open {
            XCTAssertEqual(lint(policy(first, second)), [:], "\(first) \(second)")
        }
    }

    func testTheSameConditionTwiceIsAShadow() {
        let found = lint(
            policy(
                rule("a", .deny, when: at(most: 1)), rule("b", .allow, tool: "x", when: at(most: 1))
            ))
        XCTAssertEqual(found, ["b": [.shadowed(by: ["a"])]])
    }

    func testRulesOfAllRisksTogetherAreAShadow() {
        let rules = Risk.allCases.map { rule($0.rawValue, .deny, risk: $0) }
        var all = Policy()
        all.rules = rules + [rule("late", .allow, tool: "shop.*")]
        XCTAssertEqual(lint(all), ["late": [.shadowed(by: Risk.allCases.map(\.rawValue))]])
        all.rules.removeFirst()
        XCTAssertEqual(lint(all), [:])
    }

    func testAConditionThatNothingSatisfiesIsFound() throws {
        let table: [(String, String)] = [
            ("false", ""), (#"{"type": "string"}"#, "/type"), (#"{"const": 1}"#, "/const"),
            (#"{"enum": ["a", 2]}"#, "/enum"),
            (#"{"type": "object", "minProperties": 3, "maxProperties": 2}"#, "/minProperties"),
            (#"{"required": ["a"], "properties": {"a": false}}"#, "/properties/a"),
            (
                #"{"required": ["a"], "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 4}}}"#,
                "/properties/a/minimum"
            ),
            (
                #"{"required": ["a"], "properties": {"a": {"type": "string", "minLength": 5, "maxLength": 4}}}"#,
                "/properties/a/minLength"
            ),
            (
                #"{"required": ["b"], "properties": {"a": true}, "additionalProperties": false}"#,
                "/required"
            ),
            (#"{"allOf": [true, {"type": "array"}]}"#, "/allOf/1/type"),
            (#"{"anyOf": [false, {"type": "array"}]}"#, "/anyOf"),
            (#"{"required": ["a/b"], "properties": {"a/b": false}}"#, "/properties/a~1b"),
        ]
        for (text, pointer) in table {
            let when = try JSONValue.parse(Array(text.utf8))
            let reasons = lint(policy(rule("r", .allow, when: when)))["r"] ?? []
            guard case .unsatisfiable(let found, _)? = reasons.first, reasons.count == 1 else {
                XCTFail("\(text): \(reasons)")
                continue
            }
            XCTAssertEqual(found, pointer, text)
        }
    }

    /// What is found must be true: every schema here has arguments that satisfy it.
    func testASatisfiableConditionIsLeftInPeace() throws {
        let table: [(String, String)] = [
            (#"{"properties": {"a": false}}"#, "{}"),
            (
                #"{"required": ["a"], "properties": {"a": {"minimum": 5, "maximum": 4}}}"#,
                #"{"a": "x"}"#
            ),
            (
                #"{"required": ["a"], "properties": {"a": {"type": ["string", "number"], "minimum": 5, "maximum": 4}}}"#,
                #"{"a": "x"}"#
            ),
            (
                #"{"required": ["ab"], "additionalProperties": false, "patternProperties": {"a": true}}"#,
                #"{"ab": 1}"#
            ),
            (#"{"anyOf": [false, {"required": ["x"]}]}"#, #"{"x": 1}"#),
            (#"{"enum": [1, {"a": 1}]}"#, #"{"a": 1}"#),
            (#"{"minimum": 5, "maximum": 1}"#, "{}"),
            (#"{"not": {"type": "string"}}"#, "{}"),
            (
                ##"{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": true}, "allOf": [{"$ref": "#/definitions/a", "type": "string"}]}"##,
                "{}"
            ),
        ]
        for (text, args) in table {
            let when = try JSONValue.parse(Array(text.utf8))
            let program = try PolicyProgram.compile(policy(rule("r", .allow, when: when)))
            let decision = try program.decide(refund, JSONValue.parse(Array(args.utf8)))
            XCTAssertEqual(decision.rule, "r", text)
        }
    }

    func testABrokenConditionNamesTheRuleAndThePlace() {
        var broken = rule("r", .allow, when: ["properties": ["a": ["maximun": 3]]])
        broken.place = ConfigPlace(line: 7, column: 3)
        broken.whenPlace = ConfigPlace(line: 8, column: 11)
        do throws(PolicyFaults) {
            _ = try PolicyProgram.compile(policy(broken))
            XCTFail("it compiled")
        } catch {
            XCTAssertEqual(error.faults.count, 1)
            XCTAssertEqual(error.faults[0].what, "policy.rules[0]")
            XCTAssertEqual(error.faults[0].place.line, 8)
            XCTAssertTrue(error.faults[0].why.contains("maximun"), error.faults[0].why)
        }
    }

    func testALimitOnADenialAndAReservedIdAreErrors() {
        let window = RateWindow(perMilliseconds: 1000, calls: 1)
        XCTAssertEqual(lint(policy(rule("a", .deny, limit: window))), ["a": [.limitOnDeny]])
        XCTAssertEqual(lint(policy(rule("defaults.read", .deny))), ["defaults.read": [.reservedID]])
    }
}

/// Rules against the tools there are.
final class SurfaceLintTests: XCTestCase {
    private static let schema: JSONValue = [
        "type": "object", "properties": ["amount": ["type": "integer"], "note": true],
        "required": ["amount"], "additionalProperties": false,
    ]
    private static let tools = [
        PolicyTool(name: "shop.refund", pack: "rig-pack-shop", risk: .money, inputSchema: schema),
        PolicyTool(
            name: "shop.read", pack: "rig-pack-shop", risk: .read, inputSchema: ["type": "object"]),
        PolicyTool(
            name: "fs.read", pack: "@rig/pack-fs", risk: .read, inputSchema: ["type": "object"]),
    ]

    private func reasons(
        _ rules: PolicyRule..., limits: [RateLimit] = [], unseen: [String?] = []
    ) throws -> [PolicyFault.Reason] {
        var policy = Policy()
        policy.rules = rules
        policy.rateLimits = limits
        let program = try PolicyProgram.compile(policy)
        let surface = PolicySurface(tools: Self.tools, unseenNamespaces: unseen)
        return program.lint(surface)?.faults.map(\.reason) ?? []
    }

    func testAPatternThatNoToolHasIsAnError() throws {
        XCTAssertEqual(
            try reasons(rule("a", .deny, tool: "shpo.*")),
            [.unknown(field: "tool", pattern: "shpo.*")])
        XCTAssertEqual(
            try reasons(rule("a", .deny, pack: "rig-pack-x")),
            [.unknown(field: "pack", pattern: "rig-pack-x")])
        XCTAssertEqual(
            try reasons(rule("a", .deny, tool: "shop.*", pack: "@rig/*")),
            [.otherTool(field: "pack", wanted: "@rig/*", actual: "rig-pack-shop")])
        let window = RateWindow(perMilliseconds: 1, calls: 1)
        XCTAssertEqual(
            try reasons(limits: [RateLimit(tool: "x.y", window: window)]),
            [.unknown(field: "tool", pattern: "x.y")])
    }

    func testAPackThatIsNotThereExcusesItsOwnNamesOnly() throws {
        XCTAssertEqual(try reasons(rule("a", .deny, tool: "stripe.*"), unseen: ["stripe"]), [])
        XCTAssertEqual(try reasons(rule("a", .deny, tool: "*.pay"), unseen: ["stripe"]), [])
        XCTAssertEqual(try reasons(rule("a", .deny, tool: "stripy.*"), unseen: [nil]), [])
        XCTAssertEqual(
            try reasons(rule("a", .deny, tool: "stripy.*"), unseen: ["stripe"]),
            [.unknown(field: "tool", pattern: "stripy.*")])
        XCTAssertEqual(
            try reasons(rule("a", .deny, pack: "rig-pack-stripe"), unseen: ["stripe"]), [])
    }

    func testAGuardAgainstWhatIsNotThereYetIsLeftInPeace() throws {
        XCTAssertEqual(try reasons(rule("a", .deny, risk: .destructive)), [])
        XCTAssertEqual(try reasons(rule("a", .deny, tool: "shop.*", risk: .destructive)), [])
    }

    func testARuleForOneToolIsHeldAgainstThatTool() throws {
        XCTAssertEqual(
            try reasons(rule("a", .deny, tool: "shop.refund", risk: .read)),
            [.otherTool(field: "risk", wanted: "read", actual: "money")])
        XCTAssertEqual(
            try reasons(rule("a", .deny, risk: .money), rule("b", .allow, tool: "shop.refund")),
            [.shadowed(by: ["a"])])
        XCTAssertEqual(
            try reasons(rule("a", .deny, risk: .read), rule("b", .allow, tool: "shop.refund")), [])
    }

    func testAMisspeltArgumentIsAnError() throws {
        XCTAssertEqual(
            try reasons(rule("a", .allow, tool: "shop.refund", when: at(most: 5, "ammount"))),
            [.unknownArgument("ammount")])
        XCTAssertEqual(
            try reasons(rule("a", .allow, tool: "shop.read", when: at(most: 5, "x"))), [])
    }

    func testABoundThatACallCanLeaveOutIsAnError() throws {
        let bound: JSONValue = ["properties": ["note": ["maxLength": 5]]]
        XCTAssertEqual(
            try reasons(rule("a", .allow, tool: "shop.refund", when: bound)),
            [.optionalArgument("note", tool: "shop.refund")])
        XCTAssertEqual(try reasons(rule("a", .deny, tool: "shop.refund", when: bound)), [])
        let needed: JSONValue = ["properties": ["amount": ["maximum": 5]]]
        XCTAssertEqual(try reasons(rule("a", .allow, tool: "shop.refund", when: needed)), [])
        XCTAssertEqual(
            try reasons(rule("a", .allow, tool: "shop.*", when: needed)),
            [.optionalArgument("amount", tool: "shop.read")])
    }
}
