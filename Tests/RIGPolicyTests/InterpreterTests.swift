import RIGBytes
import RIGJSON
import RIGModel
import XCTest

@testable import RIGPolicy

/// The compiled policy against an interpreter that does what the page says and nothing else.
final class InterpreterTests: XCTestCase {
    private static let names = ["a.x", "a.y", "b.x", "b.long_name", "c.x"]
    private static let packs = ["rig-pack-a", "@rig/pack-b", "c"]
    private static let people = ["", "acme", "acme-2", "evil", "é"]
    private static let tools = ["*", "a.*", "*.x", "b.long_name", "*a*", "b.*", "*n*n*", "a.x"]
    private static let packPatterns = ["*", "*", "*", "rig-pack-*", "@rig/pack-b", "*a*"]
    private static let callers = ["*", "*", "acme*", "acme", "*é", "e*l", ""]
    private static let conditions: [JSONValue] = [
        ["required": ["n"], "properties": ["n": ["maximum": 5]]], ["required": ["s"]], true, [:],
        ["properties": ["s": ["pattern": "^a+$"]]], ["minProperties": 2],
        ["anyOf": [["required": ["n"]], ["required": ["s"]]]], ["not": ["required": ["n"]]],
    ]

    private static func args(_ random: inout SplitMix) -> JSONValue {
        var object: JSONObject = [:]
        if Bool.random(using: &random) {
            object["n"] = .number(JSONNumber(Int64(random.next(below: 10))))
        }
        if Bool.random(using: &random) {
            object["s"] = .string(["a", "aaa", "b"].randomElement(using: &random) ?? "")
        }
        return .object(object)
    }

    private static func policy(_ random: inout SplitMix) -> Policy {
        var policy = Policy()
        for risk in Risk.allCases {
            policy.defaults[risk] = Effect.allCases.randomElement(using: &random) ?? .deny
        }
        for number in 0..<random.next(below: 12) {
            func one(_ list: [String]) -> String { list.randomElement(using: &random) ?? "*" }
            policy.rules.append(
                rule(
                    "r\(number)", Effect.allCases.randomElement(using: &random) ?? .deny,
                    tool: one(tools), pack: one(packPatterns),
                    risk: random.next(below: 3) == 0
                        ? Risk.allCases.randomElement(using: &random) : nil,
                    tenant: one(callers), actor: one(callers),
                    when: random.next(below: 2) == 0
                        ? conditions.randomElement(using: &random) : nil))
        }
        return policy
    }

    /// The definition.
    private static func interpret(
        _ policy: Policy, _ tool: PolicyTool, _ caller: PolicyCaller, _ args: JSONValue
    ) throws -> Decision {
        func fits(_ pattern: String, _ text: String) -> Bool {
            GlobTests.matches(Array(pattern)[...], Array(text)[...])
        }
        for rule in policy.rules {
            guard fits(rule.tool, tool.name), fits(rule.pack, tool.pack),
                rule.risk == nil || rule.risk == tool.risk, fits(rule.tenant, caller.tenant),
                fits(rule.actor, caller.actor)
            else { continue }
            if let when = rule.when {
                let program = try SchemaProgram.compile(when)
                guard program.report(args).isEmpty else { continue }
            }
            return Decision(rule.effect, rule: rule.id)
        }
        return Decision(policy.defaults[tool.risk], rule: "defaults.\(tool.risk.rawValue)")
    }

    func testCompiledAndInterpretedDecisionsAreOne() throws {
        var random = SplitMix(seed: 7)
        var (decided, refused, byRule, conditional) = (0, 0, 0, 0)
        while decided < 10_000 {
            let policy = Self.policy(&random)
            let program: PolicyProgram
            do throws(PolicyFaults) {
                program = try PolicyProgram.compile(policy)
            } catch {
                refused += 1
                try holds(error, policy, &random)
                continue
            }
            for _ in 0..<20 {
                let (tool, caller, args) = Self.call(&random)
                let expected = try Self.interpret(policy, tool, caller, args)
                let decision = try program.decide(tool, args, caller)
                XCTAssertEqual(decision, expected, "\(policy) \(tool) \(caller) \(args.text)")
                let forecast = program.decision(for: tool).forecast(caller)
                XCTAssertTrue(forecast.decisions.contains(decision), "\(policy) \(tool) \(caller)")
                if forecast.decisions.count > 1 { conditional += 1 }
                let told = try program.explain(tool, caller, args)
                XCTAssertEqual(told.forecast.decisions, [decision])
                let decider = told.accounts.last { account in
                    if case .decides = account.verdict { true } else { false }
                }
                XCTAssertEqual(
                    decider?.rule.id ?? "defaults.\(tool.risk.rawValue)", decision.rule)
                if decider != nil { byRule += 1 }
                decided += 1
            }
        }
        // The test sees what it is about: rules that decide, conditions, policies that are refused.
        XCTAssertGreaterThan(byRule, 1_000)
        XCTAssertGreaterThan(conditional, 500)
        XCTAssertGreaterThan(refused, 50)
    }

    /// A rule that lint calls dead decides no call.
    private func holds(
        _ error: PolicyFaults, _ policy: Policy, _ random: inout SplitMix
    ) throws {
        let dead = Set(error.faults.compactMap(\.rule))
        for _ in 0..<40 {
            let (tool, caller, args) = Self.call(&random)
            let decision = try Self.interpret(policy, tool, caller, args)
            XCTAssertFalse(dead.contains(decision.rule), "\(decision.rule) of \(policy) is alive")
        }
    }

    private static func call(_ random: inout SplitMix) -> (PolicyTool, PolicyCaller, JSONValue) {
        let tool = PolicyTool(
            name: names.randomElement(using: &random) ?? "",
            pack: packs.randomElement(using: &random) ?? "",
            risk: Risk.allCases.randomElement(using: &random) ?? .read)
        let caller = PolicyCaller(
            tenant: people.randomElement(using: &random) ?? "",
            actor: people.randomElement(using: &random) ?? "")
        return (tool, caller, args(&random))
    }
}
