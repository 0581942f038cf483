import Foundation
import RIGTestSupport
import XCTest

/// `rig serve` with real packs, spoken to as a stranger would.
final class ServeTests: XCTestCase {
    private static let pay = #"{"amount": 5, "to": "bob", "currency": "EUR"}"#

    func testCallsOverHTTPAreAnsweredByBothRuntimesAndRecorded() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        for namespace in ["py", "js"] {
            let reply = try served.call(
                "\(namespace).say", #"{"text": "hi"}"#, ["X-RIG-Correlation-Id: story-1"])
            XCTAssertEqual(reply.status, 200, reply.text)
            XCTAssertEqual((reply.json["output"] as? [String: Any])?["text"] as? String, "hi")
            XCTAssertEqual(reply.fields["x-rig-correlation-id"], "story-1")
        }
        let rows = try served.ask("GET", "/v1/audit?correlation_id=story-1", as: "operator")
        let listed = try XCTUnwrap(rows.json["rows"] as? [[String: Any]])
        XCTAssertEqual(listed.map { $0["tool"] as? String }, ["js.say", "py.say"])
        XCTAssertEqual(listed.map { $0["front"] as? String }, ["rgp", "rgp"])
    }

    func testEveryErrorTypeHasItsStatus() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let cases: [(String, String, Int, String)] = [
            ("py.nothing", "{}", 404, "tool_not_found"),
            ("py.say", #"{"text": 1}"#, 422, "validation_failed"),
            ("py.say", #"{"text": "a", "text": "b"}"#, 400, "invalid_request"),
            ("py.wipe", "{}", 403, "policy_denied"),
            ("py.pay", Self.pay, 428, "approval_required"),
            ("py.fail", #"{"type": "upstream_error", "message": "m"}"#, 502, "upstream_error"),
        ]
        for (tool, args, status, type) in cases {
            let reply = try served.call(tool, args)
            XCTAssertEqual(reply.status, status, "\(tool): \(reply.text)")
            XCTAssertEqual(reply.type, type, "\(tool): \(reply.text)")
            XCTAssertNotNil(reply.fields["x-rig-correlation-id"])
        }
    }

    func testAMalformedEnvelopeIsRefusedBeforeThereIsACall() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let bodies = [
            "", "{}", "[]", "null", #"{"args": []}"#, #"{"args": {"text": "a"}} x"#,
            #"{"args": {"text": "a"}, "more": 1}"#, #"{"args": {}, "args": {}}"#,
            #"{"args": {"text": "a"}, "deadline_ms": 0}"#,
            #"{"args": {"text": "a"}, "deadline_ms": "1"}"#,
            #"{"args": {"text": "a"}, "approval_token": 1}"#, #"{"args": {"text": "a"]}"#,
            "{\"args\": {\"text\": \"\u{1}\"}}",
        ]
        for body in bodies {
            let reply = try served.ask("POST", "/v1/tools/py.say/call", body: body)
            XCTAssertEqual(reply.status, 400, "\(body): \(reply.text)")
            XCTAssertEqual(reply.type, "invalid_request")
        }
        let form = try served.ask(
            "POST", "/v1/tools/py.say/call", ["Content-Type: text/plain"],
            body: #"{"args": {"text": "a"}}"#)
        XCTAssertEqual(form.status, 400, "a page's form can send text/plain")
    }

    func testOnlyATokenOpensAndOnlyItsRole() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let paths: [(String, String)] = [
            ("GET", "/v1/tools"), ("GET", "/v1/tools/py.say"), ("POST", "/v1/tools/py.say/call"),
            ("GET", "/v1/approvals"), ("GET", "/v1/approvals/ap_1"),
            ("POST", "/v1/approvals/ap_1/approve"), ("GET", "/v1/audit"), ("GET", "/v1/snapshots"),
            ("POST", "/v1/reload"), ("GET", "/metrics"),
        ]
        for (method, path) in paths {
            for token in [nil, "", "wrong", "rig_operator_" + String(repeating: "0", count: 64)] {
                let reply = try served.ask(method, path, as: nil, token: token)
                XCTAssertEqual(reply.status, 401, "\(path) with \(token ?? "none")")
                XCTAssertEqual(reply.fields["www-authenticate"], "Bearer realm=\"rig\"")
            }
        }
        for (method, path) in paths[3...8] {
            XCTAssertEqual(try served.ask(method, path, as: "agent").status, 403, path)
        }
        for path in ["/healthz", "/readyz", "/openapi.json"] {
            XCTAssertEqual(try served.ask("GET", path, as: nil).status, 200, path)
        }
        let twice = try served.ask("GET", "/v1/tools", ["Authorization: Bearer x"])
        XCTAssertEqual(twice.status, 400)
    }

    func testAWebPageCannotCall() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let token = try served.token("agent")
        func status(host: String, _ fields: [String]) throws -> Int? {
            let client = try HTTPClient(port: served.port)
            try client.send(
                ServedSidecar.request(
                    "GET", "/v1/tools", host: host, token: token, fields, body: nil))
            return try client.response()?.status
        }
        let own = "127.0.0.1:\(served.port)"
        XCTAssertEqual(try status(host: own, []), 200)
        XCTAssertEqual(try status(host: own, ["Origin: http://\(own)"]), 200)
        for host in ["evil.example", "evil.example:\(served.port)", "localhost", "localhost:1"] {
            XCTAssertEqual(try status(host: host, []), 403, host)
        }
        for origin in ["null", "http://evil.example", "https://\(own)", "http://localhost:1", own] {
            XCTAssertEqual(try status(host: own, ["Origin: \(origin)"]), 403, origin)
        }
        XCTAssertEqual(try status(host: own, ["Sec-Fetch-Site: cross-site"]), 403)
    }

    func testATokenOfTheConfigIsHeldToItsTenantsAndTools() throws {
        let bench = try Workbench.withEchoPacks()
        let token = "the-token-of-a-partner-0123456789"
        try bench.write(
            try bench.read("rig.yaml") + """

                tokens:
                  - {name: partner, role: agent, hash: "sha256:\(try Self.sha256(token, bench))",
                     tenants: ["acme"], tools: ["py.s*"]}

                """, to: "rig.yaml")
        let served = try ServedSidecar(bench)
        func call(_ tool: String, _ fields: [String]) throws -> ServedSidecar.Reply {
            try served.ask(
                "POST", "/v1/tools/\(tool)/call", token: token, fields,
                body: #"{"args": {"text": "a"}}"#)
        }
        XCTAssertEqual(try call("py.say", ["X-RIG-Tenant-Id: acme"]).status, 200)
        XCTAssertEqual(try call("py.say", ["X-RIG-Tenant-Id: other"]).type, "forbidden")
        XCTAssertEqual(try call("py.say", []).type, "forbidden", "the default tenant is another")
        XCTAssertEqual(try call("js.say", ["X-RIG-Tenant-Id: acme"]).type, "forbidden")
        // What it may not use is not suggested to it either, though it is as near.
        XCTAssertTrue(try served.call("py.spay", "{}").text.contains("\"py.pay\""))
        let near = try call("py.spay", ["X-RIG-Tenant-Id: acme"])
        let shown = try served.ask("GET", "/v1/tools/py.spay", token: token)
        for reply in [near, shown] {
            XCTAssertEqual(reply.type, "tool_not_found", reply.text)
            XCTAssertTrue(reply.text.contains("\"py.say\""), reply.text)
            XCTAssertFalse(reply.text.contains("py.pay"), reply.text)
        }
        let list = try served.ask("GET", "/v1/tools", token: token)
        let tools = try XCTUnwrap(list.json["tools"] as? [[String: Any]])
        XCTAssertFalse(tools.isEmpty)
        XCTAssertTrue(tools.allSatisfy { ($0["name"] as? String)?.hasPrefix("py.") == true })
        XCTAssertNotEqual(list.fields["etag"], try served.ask("GET", "/v1/tools").fields["etag"])
    }

    private static func sha256(_ text: String, _ bench: Workbench) throws -> String {
        try bench.write(text, to: "token.txt")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = [bench.folder.appendingPathComponent("token.txt").path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        let out = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return String(out.prefix(64))
    }

    func testAnApprovalOverHTTPLetsTheIdenticalCallRunOnce() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let asked = try served.call("py.pay", Self.pay)
        let approval = try XCTUnwrap(asked.error["approval"] as? [String: Any])
        let id = try XCTUnwrap(approval["approval_id"] as? String)
        let token = try XCTUnwrap(approval["approval_token"] as? String)
        XCTAssertEqual(
            try served.call("py.pay", Self.pay, approval: token).type, "approval_invalid")

        let path = "/v1/approvals/\(id)"
        XCTAssertEqual(try served.ask("POST", path + "/approve", as: "agent").status, 403)
        let shown = try served.ask("GET", path, as: "operator").json
        XCTAssertEqual(shown["args"] as? String, #"{"amount":5,"currency":"EUR","to":"bob"}"#)
        let approved = try served.ask(
            "POST", path + "/approve", as: "operator", body: #"{"note": "agreed"}"#)
        XCTAssertEqual(approved.status, 200, approved.text)
        XCTAssertEqual(approved.json["state"] as? String, "approved")
        XCTAssertEqual(approved.json["decided_by"] as? String, "token:operator")
        XCTAssertEqual(approved.json["note"] as? String, "agreed")

        let other = #"{"amount": 6, "to": "bob", "currency": "EUR"}"#
        XCTAssertEqual(try served.call("py.pay", other, approval: token).status, 409)
        XCTAssertEqual(try served.call("py.pay", Self.pay, approval: token).status, 200)
        let again = try served.call("py.pay", Self.pay, approval: token)
        XCTAssertEqual((again.error["details"] as? [String: Any])?["reason"] as? String, "consumed")
        XCTAssertEqual(try served.ask("POST", path + "/deny", as: "operator").status, 409)
    }

    func testWhoWaitsForApprovalsIsToldWhenOneComes() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let empty = try served.ask("GET", "/v1/approvals", as: "operator")
        let tag = try XCTUnwrap(empty.fields["etag"])
        let (poll, events) = (try HTTPClient(port: served.port), try HTTPClient(port: served.port))
        let (host, token) = ("localhost:\(served.port)", try served.token("operator"))
        try poll.send(
            ServedSidecar.request(
                "GET", "/v1/approvals?wait_ms=60000", host: host, token: token,
                ["If-None-Match: \(tag)"], body: nil))
        try events.send(
            ServedSidecar.request(
                "GET", "/v1/approvals", host: host, token: token, ["Accept: text/event-stream"],
                body: nil))
        let approval = try XCTUnwrap(
            try served.call("py.pay", Self.pay).error["approval"] as? [String: Any])
        let id = try XCTUnwrap(approval["approval_id"] as? String)
        XCTAssertTrue(try XCTUnwrap(try poll.response()).body.contains(id))
        try events.wait(for: "event: pending\nid: \(id)\n")
        XCTAssertEqual(
            try served.ask("POST", "/v1/approvals/\(id)/deny", as: "operator").status, 200)
        try events.wait(for: "event: settled\nid: \(id)\n")
        // A stream that has no end ends with the server, and does not hold it up.
        XCTAssertEqual(served.terminate(), 0)
    }

    func testTheListHasAnETagThatSavesItsTransfer() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let list = try served.ask("GET", "/v1/tools")
        let tag = try XCTUnwrap(list.fields["etag"])
        XCTAssertEqual(
            list.json["interface_hash"] as? String,
            "sha256:" + tag.trimmingCharacters(in: ["\""]))
        for field in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let again = try served.ask("GET", "/v1/tools", ["If-None-Match: \(field)"])
            XCTAssertEqual(again.status, 304, field)
            XCTAssertEqual(again.text, "")
        }
        XCTAssertEqual(try served.ask("GET", "/v1/tools", ["If-None-Match: \"x\""]).status, 200)
    }

    func testTheAuditIsPagedByAStableCursorAndExportedWhole() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        for index in 0..<12 { _ = try served.call("py.say", #"{"text": "\#(index)"}"#) }
        var seen: [Int] = []
        var cursor: String?
        repeat {
            let page = try served.ask(
                "GET", "/v1/audit?limit=5" + (cursor.map { "&cursor=\($0)" } ?? ""),
                as: "operator")
            let rows = try XCTUnwrap(page.json["rows"] as? [[String: Any]], page.text)
            seen += rows.compactMap { $0["seq"] as? Int }
            cursor = page.json["cursor"] as? String
            // What is written meanwhile moves no page.
            _ = try served.call("js.say", #"{"text": "x"}"#)
        } while cursor != nil
        XCTAssertEqual(seen, Array((1...12).reversed()))
        let export = try served.ask(
            "GET", "/v1/audit?tool=py.*", as: "operator", ["Accept: application/x-ndjson"])
        XCTAssertEqual(export.fields["transfer-encoding"], "chunked")
        XCTAssertEqual(export.text.split(separator: "\n").count, 12)
        for query in ["limit=0", "limit=x", "tol=py", "order=up", "since=now", "limit=1&limit=2"] {
            XCTAssertEqual(
                try served.ask("GET", "/v1/audit?\(query)", as: "operator").status, 400, query)
        }
    }

    func testCommandsUseTheRunningSidecar() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let called = try served.bench.rig(["call", "py.say", #"{"text": "hi"}"#])
        XCTAssertEqual(called.status, 0, called.err)
        XCTAssertEqual(called.out, "{\"text\":\"hi\"}\n")
        XCTAssertEqual(try served.bench.rig(["call", "py.pay", Self.pay]).status, 3)
        XCTAssertEqual(try served.bench.rig(["call", "py.wipe", "{}"]).status, 4)
        let injected = #"{"text": "a"}, "deadline_ms": 1"#
        XCTAssertEqual(try served.bench.rig(["call", "py.say", injected]).status, 2)
        let rows = try served.ask("GET", "/v1/audit?tool=py.say", as: "operator")
        let row = try XCTUnwrap((rows.json["rows"] as? [[String: Any]])?.first)
        XCTAssertEqual(row["front"] as? String, "rgp")
        XCTAssertEqual(row["actor"] as? String, "cli")

        let running = try served.bench.rig(["list", "--json", "--all"]).json()
        let words = try served.bench.rig(["list"]).out
        XCTAssertEqual(served.terminate(), 0)
        let alone = try served.bench.rig(["list", "--json", "--all"]).json()
        XCTAssertEqual(running as NSDictionary, alone as NSDictionary)
        XCTAssertEqual(try served.bench.rig(["list"]).out, words)
    }

    func testARotatedTokenCountsAndTheOldOneDoesNot() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let old = try served.token("agent")
        try served.bench.expectSuccess(["token", "rotate", "agent"])
        let new = try served.token("agent")
        XCTAssertNotEqual(old, new)
        // A reload reads the tokens at once; without one they are looked at every second.
        XCTAssertEqual(try served.ask("POST", "/v1/reload", as: "operator").status, 200)
        XCTAssertEqual(try served.ask("GET", "/v1/tools", token: old).status, 401)
        XCTAssertEqual(try served.ask("GET", "/v1/tools", token: new).status, 200)
        let mode =
            try FileManager.default.attributesOfItem(
                atPath: served.bench.folder.path + "/.rig/tokens/agent")[.posixPermissions] as? Int
        XCTAssertEqual(mode, 0o600)
    }

    func testATokenThatWasTakenAwayIsGoneWhateverElseIsWrong() throws {
        let bench = try Workbench.withEchoPacks()
        let token = "the-token-of-a-partner-0123456789"
        let before = try bench.read("rig.yaml")
        let tokens = """

            tokens:
              - {name: partner, role: agent, hash: "sha256:\(try Self.sha256(token, bench))"}

            """
        try bench.write(before + tokens, to: "rig.yaml")
        let served = try ServedSidecar(bench)
        XCTAssertEqual(try served.ask("GET", "/v1/tools", token: token).status, 200)
        let agent = try served.token("agent")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: bench.folder.path + "/.rig/tokens/agent")
        let broken = before.replacingOccurrences(of: "node/pack-echo", with: "node/none")
        XCTAssertNotEqual(broken, before)
        try bench.write(broken, to: "rig.yaml")
        XCTAssertNotEqual(try served.ask("POST", "/v1/reload", as: "operator").status, 200)
        XCTAssertEqual(try served.ask("GET", "/v1/tools", token: token).status, 401)
        XCTAssertEqual(try served.ask("GET", "/v1/tools", token: agent).status, 401)
        XCTAssertTrue(try served.events.contains { $0["event"] as? String == "tokens" })
    }

    func testARotatedTokenCountsForMCPOverHTTP() throws {
        let bench = try Workbench.withEchoPacks()
        let process = bench.process(["serve", "mcp", "--http", "127.0.0.1:0"])
        let log = bench.folder.appendingPathComponent("mcp.log")
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        defer { kill(process.processIdentifier, SIGKILL) }
        let deadline = Date(timeIntervalSinceNow: 60)
        var found: UInt16?
        while found == nil, Date() < deadline {
            let said = try bench.read("mcp.log")
            if let at = said.range(of: "http://127.0.0.1:"), said.contains("/mcp\n") {
                found = UInt16(said[at.upperBound...].prefix { $0.isNumber })
            }
            usleep(10_000)
        }
        let port = try XCTUnwrap(found, "rig serve mcp did not begin")
        func status(_ token: String) throws -> Int? {
            let client = try HTTPClient(port: port)
            try client.send(
                ServedSidecar.request(
                    "POST", "/mcp", host: "127.0.0.1:\(port)", token: token,
                    ["Accept: application/json, text/event-stream"],
                    body: #"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#))
            return try client.response()?.status
        }
        func token() throws -> String {
            try bench.read(".rig/tokens/agent").trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let old = try token()
        XCTAssertNotEqual(try status(old), 401)
        try bench.expectSuccess(["token", "rotate", "agent"])
        while try status(old) != 401, Date() < deadline { usleep(50_000) }
        XCTAssertEqual(try status(old), 401)
        XCTAssertNotEqual(try status(try token()), 401)
    }

    func testAReloadServesTheNewListOrSaysWhyNot() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let before = try served.ask("GET", "/v1/tools").fields["etag"]
        try served.bench.expectSuccess(["remove", "path", Workbench.nodeEcho])
        XCTAssertEqual(try served.ask("POST", "/v1/reload", as: "operator").status, 200)
        XCTAssertNotEqual(try served.ask("GET", "/v1/tools").fields["etag"], before)
        XCTAssertEqual(try served.call("js.say", #"{"text": "a"}"#).status, 404)
        try served.bench.write("version: 1\nnonsense: true\n", to: "rig.yaml")
        let refused = try served.ask("POST", "/v1/reload", as: "operator")
        XCTAssertEqual(refused.status, 400)
        XCTAssertTrue(refused.text.contains("nonsense"), refused.text)
        XCTAssertEqual(try served.call("py.say", #"{"text": "a"}"#).status, 200)
    }

    func testAnEditedConfigurationIsServedWithoutBeingAskedFor() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        XCTAssertEqual(try served.call("js.say", #"{"text": "a"}"#).status, 200)
        try served.bench.expectSuccess(["remove", "path", Workbench.nodeEcho])
        while try served.call("js.say", #"{"text": "a"}"#).status == 200 {}
        XCTAssertEqual(try served.call("js.say", #"{"text": "a"}"#).status, 404)
        XCTAssertEqual(try served.call("py.say", #"{"text": "a"}"#).status, 200)
    }

    func testSIGTERMAnswersWhatHasBegunAndLeavesNothing() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let busy = try HTTPClient(port: served.port)
        try busy.send(
            ServedSidecar.request(
                "POST", "/v1/tools/py.sleep/call", host: "localhost:\(served.port)",
                token: try served.token("agent"), [], body: #"{"args": {"seconds": 0.5}}"#))
        var held = 0.0
        while held == 0 {
            let metrics = try served.ask("GET", "/metrics").text
            let line = metrics.split(separator: "\n").first {
                $0.hasPrefix("rig_pack_calls_held{pack=\"py\"}")
            }
            held = Double(try XCTUnwrap(line?.split(separator: " ").last)) ?? 0
        }
        XCTAssertEqual(served.terminate(), 0)
        let response = try XCTUnwrap(try busy.response())
        XCTAssertEqual(response.status, 200, response.body)
        XCTAssertEqual(response.fields["connection"], "close")
        XCTAssertFalse(
            FileManager.default.fileExists(atPath: served.bench.folder.path + "/.rig/rig.sock"))
        XCTAssertEqual(
            try served.events.compactMap { $0["event"] as? String }, ["ready", "draining", "ended"])
    }

    func testASecondSidecarOfAFolderIsRefusedAndAKilledOneLeavesRoom() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let second = try served.bench.rig(["serve"])
        XCTAssertEqual(second.status, 1)
        XCTAssertTrue(second.err.contains("another rig serve"), second.err)
        kill(served.processIdentifier, SIGKILL)
        _ = served.waitUntilExit()
        // Its socket is still there, and nobody listens on it.
        XCTAssertEqual(try served.bench.rig(["call", "py.say", #"{"text": "a"}"#]).status, 0)
        let next = try ServedSidecar(served.bench)
        XCTAssertEqual(try next.call("py.say", #"{"text": "a"}"#).status, 200)
    }

    func testListeningBeyondThisMachineNeedsTokensOfTheConfig() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let text = try bench.read("rig.yaml")
        try bench.write(
            text.replacingOccurrences(of: "127.0.0.1:8741", with: "0.0.0.0:0"), to: "rig.yaml")
        let refused = try bench.rig(["serve"])
        XCTAssertEqual(refused.status, 2)
        XCTAssertTrue(refused.err.contains("tokens"), refused.err)
    }

    func testTheDescriptionIsWholeAndUnknownPathsAreRefused() throws {
        let served = try ServedSidecar(try .withEchoPacks())
        let description = try served.ask("GET", "/openapi.json", as: nil)
        XCTAssertEqual(description.json["openapi"] as? String, "3.1.0")
        XCTAssertFalse(description.text.contains(".schema.json"), "a reference leads outside")
        for (method, path, status) in [
            ("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/v1/tools/", 404),
            ("GET", "/v1/tools/a/b", 404), ("GET", "//healthz", 404), ("GET", "/healthz/", 404),
            ("POST", "/healthz", 405), ("DELETE", "/v1/tools", 405), ("GET", "/v1/reload", 405),
        ] {
            let reply = try served.ask(method, path)
            XCTAssertEqual(reply.status, status, path)
            XCTAssertEqual(reply.fields["allow"] != nil, status == 405)
        }
    }

    func testASupervisorIsToldWhenItServesAndWhenItEnds() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let path = bench.folder.path + "/notify"
        let socket = try DatagramSocket(path)
        let served = try ServedSidecar(bench, ["NOTIFY_SOCKET": path])
        XCTAssertTrue(try socket.receive().hasPrefix("READY=1"))
        XCTAssertEqual(served.terminate(), 0)
        XCTAssertTrue(try socket.receive().hasPrefix("STOPPING=1"))
    }
}

/// What a supervisor listens on.
private final class DatagramSocket {
    private let fd: Int32

    init(_ path: String) throws {
        fd = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        XCTAssertEqual(status, 0)
    }

    deinit { close(fd) }

    func receive() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = recv(fd, &bytes, bytes.count, 0)
        XCTAssertGreaterThan(count, 0, "nothing was said in 20 seconds")
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
