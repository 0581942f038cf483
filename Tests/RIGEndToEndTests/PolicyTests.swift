import Foundation
import XCTest

/// The policy through the real binary: rules that decide calls, limits that hold them back, and
/// the page that teaches it.
final class PolicyTests: XCTestCase {
    /// A workbench with the echo pack mounted as `shop`, and a policy in the place of the initial
    /// one. The policy's first line is the fourth.
    private func bench(_ policy: String) throws -> Workbench {
        let bench = try Workbench()
        let lines = policy.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n")
        try bench.write(
            """
            version: 1
            sandbox: {level: standard}
            packs: [{path: "\(Workbench.pythonEcho)", as: shop}]
            policy:
            \(text)

            """, to: "rig.yaml")
        return bench
    }

    private let payment = #"{"to": "alice", "amount": 1000, "currency": "EUR"}"#
    private let fortune = #"{"to": "alice", "amount": 5000, "currency": "EUR"}"#

    func testARuleOverTheArgumentsDecidesTheCall() throws {
        let bench = try bench(
            """
            rules:
              - {id: small, tool: shop.pay, when: {properties: {amount: {maximum: 1000}}}, effect: allow}
              - {id: rest, tool: shop.pay, effect: deny}
            """)
        XCTAssertEqual(try bench.call("shop.pay", payment).status, 0)
        let denied = try bench.call("shop.pay", fortune)
        XCTAssertEqual(denied.status, 4)
        XCTAssertEqual(denied.error?["type"] as? String, "policy_denied")
        XCTAssertEqual((denied.error?["details"] as? [String: Any])?["rule"] as? String, "rest")
        let rows = try XCTUnwrap(
            bench.rig(["audit", "query", "--json"]).json()["rows"] as? [[String: Any]])
        XCTAssertEqual(
            Set(rows.compactMap { $0["decision"] as? String }), ["small", "rest"], "\(rows)")
    }

    func testArgumentsThatBreakTheToolsSchemaNeverReachThePolicy() throws {
        let bench = try bench("rules: [{id: rest, effect: deny}]")
        let outcome = try bench.call("shop.pay", #"{"amount": "many"}"#)
        XCTAssertEqual(outcome.error?["type"] as? String, "validation_failed")
    }

    func testTenantAndActorDecide() throws {
        let bench = try bench(
            "rules: [{id: trial, tool: shop.say, tenant: 'trial-*', actor: bot, effect: deny}]")
        func status(_ tenant: String, _ actor: String) throws -> Int32 {
            try bench.rig([
                "call", "shop.say", #"{"text": "a"}"#, "--tenant", tenant, "--actor", actor,
            ]).status
        }
        XCTAssertEqual(try status("trial-1", "bot"), 4)
        XCTAssertEqual(try status("trial-1", "human"), 0)
        XCTAssertEqual(try status("acme", "bot"), 0)
    }

    func testALimitThatIsUsedUpSaysWhenToRetry() throws {
        let bench = try bench(
            """
            rules:
              - {id: small, tool: shop.pay, when: {properties: {amount: {maximum: 1000}}},
                 effect: allow, limit: {per: 1h, calls: 2}}
              - {id: rest, tool: shop.pay, effect: deny}
            rate_limits: [{tenant: "te*", tool: "shop.s*", per: 1d, calls: 3}]
            """)
        let calls = [
            ("pay", fortune), ("pay", payment), ("pay", payment), ("pay", payment),
            ("pay", fortune),
            ("say", #"{"text": "a"}"#), ("say", #"{"text": 1}"#), ("say", #"{"text": "b"}"#),
            ("say", #"{"text": "c"}"#), ("say", #"{"text": "d"}"#), ("pay", payment),
        ]
        let answers = try bench.callEach(calls.map { StormCall("shop." + $0.0, $0.1) })
        XCTAssertEqual(
            answers.map(\.end),
            [
                "policy_denied", "ok", "ok", "rate_limited", "policy_denied",
                "ok", "validation_failed", "ok", "ok", "rate_limited", "rate_limited",
            ])
        XCTAssertEqual(answers[3].details?["limit"] as? String, "small")
        XCTAssertEqual(answers[9].details?["limit"] as? String, "rate_limits[0]")
        let wait = try XCTUnwrap(answers[3].details?["retry_after_ms"] as? Int)
        XCTAssertTrue((3_500_000...3_720_000).contains(wait), "\(wait)")
        XCTAssertEqual(answers[3].error["retryable"] as? Bool, true)
    }

    func testTheListSaysWhatMayCome() throws {
        let bench = try bench(
            """
            rules:
              - {id: small, tool: shop.pay, when: {properties: {amount: {maximum: 1}}}, effect: allow}
              - {id: trial, tool: shop.say, tenant: trial, effect: deny}
            """)
        func policies(_ tenant: String) throws -> [String: String] {
            let list = try bench.rig(["list", "--json", "--tenant", tenant])
            let tools = try XCTUnwrap(list.json()["tools"] as? [[String: Any]])
            return tools.reduce(into: [:]) { seen, tool in
                seen[tool["name"] as? String ?? ""] = tool["policy"] as? String
            }
        }
        XCTAssertEqual(try policies("acme")["shop.pay"], "depends")
        XCTAssertEqual(try policies("acme")["shop.say"], "allow")
        XCTAssertEqual(try policies("trial")["shop.say"], "deny")
        let table = try bench.rig(["list"]).out
        XCTAssertTrue(table.contains("depends (allow, approve)"), table)
    }

    func testExplainNamesEveryRuleAndWhyItDoesNotDecide() throws {
        let bench = try bench(
            """
            rules:
              - {id: other, tool: shop.say, tenant: x, effect: deny}
              - {id: small, tool: shop.pay, when: {properties: {amount: {maximum: 1}}}, effect: allow}
              - {id: large, tool: shop.pay, effect: approve, limit: {per: 1h, calls: 2}}
            """)
        let told = try bench.rig(["policy", "explain", "shop.pay", payment, "--json"]).json()
        XCTAssertEqual(told["effect"] as? String, "approve")
        let rules = try XCTUnwrap(told["rules"] as? [[String: Any]])
        XCTAssertEqual(rules.map { $0["verdict"] as? String }, ["differs", "refuses", "decides"])
        XCTAssertEqual(rules.map { $0["line"] as? Int }, [6, 7, 8])
        let fields = (rules[0]["differs"] as? [[String: Any]])?.compactMap {
            $0["field"] as? String
        }
        XCTAssertEqual(fields, ["tool", "tenant"])
        let violations = rules[1]["violations"] as? [[String: Any]]
        XCTAssertEqual(violations?.first?["pointer"] as? String, "/amount")
        XCTAssertEqual(violations?.first?["keyword"] as? String, "maximum")
        let limits = told["limits"] as? [[String: Any]]
        XCTAssertEqual(limits?.first?["limit"] as? String, "large")
    }

    func testPolicyTestFailsOnACaseThatIsDecidedOtherwise() throws {
        let bench = try bench("rules: [{id: a, tool: shop.say, effect: deny}]")
        try bench.write(
            """
            [{"tool": "shop.say", "effect": "deny", "rule": "a"},
             {"tool": "shop.say", "effect": "allow"},
             {"tool": "shop.pay", "args": {"amount": "x"}, "effect": "approve"}]
            """, to: "cases.json")
        let outcome = try bench.rig(["policy", "test", "cases.json", "--json"])
        XCTAssertEqual(outcome.status, 1)
        let mismatches = try XCTUnwrap(outcome.json()["mismatches"] as? [[String: Any]])
        XCTAssertEqual(mismatches.map { $0["line"] as? Int }, [2, 3])
        XCTAssertEqual(mismatches[0]["got"] as? String, "deny by a")
        let refused = try bench.rig(["policy", "test", "rig.yaml"])
        XCTAssertEqual(refused.status, 2)
        XCTAssertTrue(refused.err.contains("expected a list of cases"), refused.err)
    }

    func testACasesFileThatIsNotThereIsCalledThat() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let outcome = try bench.rig(["policy", "test", "absent.yaml"])
        XCTAssertEqual(outcome.status, 2)
        XCTAssertTrue(outcome.err.contains("absent.yaml: cases: No such file"), outcome.err)
        XCTAssertTrue(outcome.err.contains("hint: `rig policy test --help`"), outcome.err)
    }

    func testAPolicyWithADeadRuleServesNothing() throws {
        let bench = try bench("rules: [{id: typo, tool: shop.wype, effect: deny}]")
        let outcome = try bench.rig(["call", "shop.say", #"{"text": "a"}"#])
        XCTAssertEqual(outcome.status, 2)
        XCTAssertTrue(outcome.err.contains("rig.yaml:5:11: policy.rules[0]"), outcome.err)
        XCTAssertTrue(outcome.err.contains("no tool matches 'shop.wype'"), outcome.err)
    }

    func testConfigCheckTellsAllErrorsWithTheirPlaces() throws {
        let bench = try bench("rules: [{id: a, effect: alow}, {id: a, effect: deny, toll: x}]")
        let outcome = try bench.rig(["config", "check", "--json"])
        XCTAssertEqual(outcome.status, 2)
        let errors = try XCTUnwrap(outcome.json()["errors"] as? [[String: Any]])
        XCTAssertEqual(errors.map { $0["line"] as? Int }, [5, 5])
        XCTAssertEqual(errors[0]["hint"] as? String, "did you mean 'allow'?")
        XCTAssertEqual(errors[1]["hint"] as? String, "did you mean 'tool'?")
        let static1 = try self.bench("rules: [{id: a, tool: 'strip.*', effect: deny}]")
        XCTAssertEqual(try static1.rig(["config", "check"]).status, 2)
        let fine = try self.bench("rules: [{id: a, tool: 'shop.*', effect: deny}]")
        let ok = try fine.rig(["config", "check", "--packs", "--json"])
        XCTAssertEqual(ok.status, 0, ok.err)
        XCTAssertEqual(try ok.json()["rules"] as? Int, 1)
    }

    /// Every policy of the page with the cases, the explanation or the errors that follow it.
    func testTheExamplesOfThePageAreTrue() throws {
        let page = try String(
            contentsOf: Workbench.root.appendingPathComponent("docs/policy.md"), encoding: .utf8)
        var current: Workbench?
        var (cases, refusals, explanations) = (0, 0, 0)
        for (info, text) in Self.blocks(page) {
            switch info {
            case "yaml policy", "yaml refused": current = try bench(text)
            case "yaml cases":
                let bench = try XCTUnwrap(current)
                try bench.write(text, to: "cases.yaml")
                let outcome = try bench.rig(["policy", "test", "cases.yaml"])
                XCTAssertEqual(outcome.status, 0, text + outcome.out + outcome.err)
                cases += 1
            case "console explain":
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                let words = lines[0].split(separator: " ", maxSplits: 5).map(String.init)
                let args = words[5].trimmingCharacters(in: ["'"])
                let outcome = try XCTUnwrap(current).rig(["policy", "explain", words[4], args])
                XCTAssertEqual(outcome.out, lines.dropFirst().joined(separator: "\n"), outcome.err)
                explanations += 1
            case "text":
                let outcome = try XCTUnwrap(current).rig(["config", "check", "--packs"])
                XCTAssertEqual(outcome.status, 2, text)
                for line in text.split(separator: "\n") {
                    XCTAssertTrue(outcome.err.contains(line), "\(line) is not in \(outcome.err)")
                }
                refusals += 1
            default: XCTFail("nobody runs the block '\(info)'")
            }
        }
        XCTAssertEqual([cases, refusals, explanations], [5, 5, 1])
    }

    private static func blocks(_ page: String) -> [(info: String, text: String)] {
        page.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map {
            let end = $0.element.firstIndex(of: "\n") ?? $0.element.endIndex
            return (String($0.element[..<end]), String($0.element[end...].dropFirst()))
        }
    }
}
