import Foundation
import XCTest

/// The main job, as a user does it: real binary, real workers, both languages.
final class MainJobTests: XCTestCase {
    func testBothPacksAreListedWithRiskAndDecision() throws {
        let bench = try Workbench.withEchoPacks()
        let list = try bench.rig(["list", "--json"])
        XCTAssertEqual(list.status, 0, list.err)
        let tools = try XCTUnwrap(list.json()["tools"] as? [[String: Any]])
        let decisions = tools.reduce(into: [String: String]()) { seen, tool in
            seen[tool["name"] as? String ?? ""] = tool["policy"] as? String
        }
        for pack in ["py", "js"] {
            XCTAssertEqual(decisions["\(pack).say"], "allow")
            XCTAssertEqual(decisions["\(pack).write_note"], "approve")
            XCTAssertEqual(decisions["\(pack).pay"], "approve")
            XCTAssertEqual(decisions["\(pack).wipe"], "deny")
        }
        XCTAssertEqual(tools.count, 14)
    }

    func testACallReturnsTheOutputAndItsMeta() throws {
        let bench = try Workbench.withEchoPacks()
        for (namespace, pack) in [("py", "rig-pack-echo"), ("js", "@rig/pack-echo")] {
            let (status, result, _) = try bench.call("\(namespace).say", #"{"text": "grüße ✓"}"#)
            XCTAssertEqual(status, 0)
            XCTAssertEqual(result["ok"] as? Bool, true)
            XCTAssertEqual((result["output"] as? [String: Any])?["text"] as? String, "grüße ✓")
            let meta = try XCTUnwrap(result["meta"] as? [String: Any])
            XCTAssertEqual(meta["tool"] as? String, "\(namespace).say")
            XCTAssertEqual(meta["pack"] as? String, pack)
            XCTAssertEqual(meta["attempts"] as? Int, 1)
            XCTAssertEqual((meta["snapshot"] as? String)?.count, 64)
        }
    }

    func testBothPacksHaveTheSameInterface() throws {
        let bench = try Workbench.withEchoPacks()
        let tools = try XCTUnwrap(
            bench.rig(["list", "--json"]).json()["tools"] as? [[String: Any]])
        func shapes(_ namespace: String) throws -> [Data] {
            try tools.filter { ($0["name"] as? String)?.hasPrefix(namespace + ".") == true }
                .map { tool in
                    var tool = tool
                    tool["name"] = (tool["name"] as? String)?.dropFirst(3).description
                    tool["pack"] = nil
                    tool["pack_version"] = nil
                    return try JSONSerialization.data(
                        withJSONObject: tool, options: [.sortedKeys])
                }
        }
        XCTAssertEqual(try shapes("py"), try shapes("js"))
        XCTAssertEqual(try shapes("py").count, 7)
    }

    func testPolicyDefaultsHoldForEveryRisk() throws {
        let bench = try Workbench.withEchoPacks()
        let pay = #"{"to": "alice", "amount": 100, "currency": "EUR"}"#
        let expectations: [(String, String, Int32, String)] = [
            ("write_note", #"{"title": "a", "text": "b"}"#, 3, "approval_required"),
            ("pay", pay, 3, "approval_required"),
            ("wipe", "{}", 4, "policy_denied"),
        ]
        for pack in ["py", "js"] {
            for (tool, args, status, type) in expectations {
                let outcome = try bench.call("\(pack).\(tool)", args)
                XCTAssertEqual(outcome.status, status, tool)
                XCTAssertEqual(outcome.error?["type"] as? String, type)
            }
        }
    }

    func testAWriteThatPolicyAllowsIsRecordedBeforeAndAfter() throws {
        let bench = try Workbench.withEchoPacks()
        try bench.allowWrites()
        let outcome = try bench.call("py.write_note", #"{"title": "a", "text": "b"}"#)
        XCTAssertEqual(outcome.status, 0, "\(outcome.result)")
        let rows = try bench.rig(["audit", "query", "--json", "--tool", "py.write_note"])
        let kinds = try XCTUnwrap(rows.json()["rows"] as? [[String: Any]])
            .compactMap { $0["kind"] as? String }
        XCTAssertEqual(kinds.sorted(), ["intent", "outcome"])
    }

    func testEveryCallHasOneOutcomeOnRecord() throws {
        let bench = try Workbench.withEchoPacks()
        _ = try bench.call("py.say", #"{"text": "a"}"#)
        _ = try bench.call("js.say", #"{"text": 7}"#)
        _ = try bench.call("js.wipe", "{}")
        _ = try bench.call("no.such", "{}")
        let rows = try XCTUnwrap(
            bench.rig(["audit", "query", "--json"]).json()["rows"] as? [[String: Any]])
        let statuses = rows.filter { $0["kind"] as? String == "outcome" }
            .compactMap { $0["status"] as? String }
        XCTAssertEqual(
            statuses.sorted(), ["ok", "policy_denied", "tool_not_found", "validation_failed"])
    }

    func testRemovedPackIsGone() throws {
        let bench = try Workbench.withEchoPacks()
        try bench.expectSuccess(["remove", "path", "js"])
        let outcome = try bench.call("js.say", #"{"text": "a"}"#)
        XCTAssertEqual(outcome.error?["type"] as? String, "tool_not_found")
        XCTAssertEqual(try bench.call("py.say", #"{"text": "a"}"#).status, 0)
    }
}
