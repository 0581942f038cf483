import Foundation
import RIGTestSupport
import XCTest

/// Workers with unmodified clients in a strict jail, a real HTTPS server, names of the test's own.
final class EgressTests: XCTestCase {
    private static let clients = [
        "python": ["urllib", "http.client", "ssl"], "node": ["fetch", "https"],
    ]

    func testUnmodifiedClientsSpeakTLSToANamedHostEndToEnd() throws {
        for (runtime, clients) in Self.clients {
            let bench = try EgressBench(runtime) {
                "net: [\"api.rig.test:\($0)\", \"127.0.0.1:\($0)\"]"
            }
            for client in clients {
                let output = try bench.go(client, "https://api.rig.test:\(bench.peer.port)/echo")
                XCTAssertEqual(output["status"] as? Int, 200, "\(runtime) \(client) \(output)")
                let body = try XCTUnwrap(output["body"] as? String)
                XCTAssertTrue(body.contains(#""path": "/echo""#), body)
            }
            let rows = try bench.rows()
            let ends = rows.filter { $0["status"] as? String == "ok" }
            XCTAssertEqual(ends.count, clients.count, "\(rows)")
            for row in ends {
                let facts = try EgressBench.facts(row)
                XCTAssertEqual(facts["host"] as? String, "api.rig.test")
                XCTAssertEqual(facts["address"] as? String, "127.0.0.1")
                XCTAssertEqual(facts["port"] as? Int, Int(bench.peer.port))
                XCTAssertEqual(facts["way"] as? String, "pinned")
                XCTAssertGreaterThan(try XCTUnwrap(facts["sent"] as? Int), 100)
                XCTAssertGreaterThan(try XCTUnwrap(facts["received"] as? Int), 100)
                XCTAssertEqual(row["decision"] as? String, "allowed")
                XCTAssertEqual(row["pack"] as? String, "rig-pack-wanderer")
            }
            let outcome = try bench.folder.rig(["audit", "verify"])
            XCTAssertEqual(outcome.status, 0, outcome.out + outcome.err)
        }
    }

    func testAHostThatIsNotGrantedCannotBeReached() throws {
        for (runtime, clients) in Self.clients {
            let bench = try EgressBench(runtime) {
                "net: [\"api.rig.test:\($0)\", \"127.0.0.1:\($0)\"]"
            }
            let port = bench.peer.port
            for url in [
                "https://other.rig.test:\(port)/echo", "https://127.0.0.1:\(port)/echo",
                "https://api.rig.test:1/echo", "http://169.254.169.254/latest/meta-data",
            ] {
                let output = try bench.go(clients[0], url)
                // What goes to the proxy is told so.
                let isRefused = output["error"] != nil || output["status"] as? Int == 403
                XCTAssertTrue(isRefused, "\(runtime) \(url) \(output)")
            }
        }
    }

    func testANameThatLeadsInsideIsRefusedAndRecorded() throws {
        let bench = try EgressBench("python") { _ in "net: [\"inside.rig.test:443\"]" }
        let output = try bench.go("urllib", "https://inside.rig.test/echo")
        XCTAssertNotNil(output["error"], "\(output)")
        let row = try XCTUnwrap(bench.rows().last)
        XCTAssertEqual(row["decision"] as? String, "refused")
        XCTAssertEqual(row["status"] as? String, "policy_denied")
        XCTAssertEqual(row["note"] as? String, "address_refused")
        XCTAssertEqual(try EgressBench.facts(row)["address"] as? String, "10.11.12.13")
    }

    func testAWildcardIsReachedThroughTheProxyAndOthersAreRefusedThere() throws {
        let bench = try EgressBench("python") {
            "net: [\"*.wild.rig.test:\($0)\", \"127.0.0.1:\($0)\"]"
        }
        let port = bench.peer.port
        let good = try bench.go("urllib", "https://a.wild.rig.test:\(port)/echo")
        XCTAssertEqual(good["status"] as? Int, 200, "\(good)")
        for host in ["wild.rig.test", "evilwild.rig.test", "other.rig.test"] {
            let output = try bench.go("urllib", "https://\(host):\(port)/echo")
            XCTAssertTrue((output["error"] as? String)?.contains("403") == true, "\(output)")
            let row = try XCTUnwrap(bench.rows().last)
            XCTAssertEqual(row["note"] as? String, "not_granted")
            XCTAssertEqual(try EgressBench.facts(row)["host"] as? String, host)
        }
    }

    func testASecretGoesToItsHostAndTheWorkerNeverHoldsIt() throws {
        for (runtime, clients) in Self.clients {
            let bench = try EgressBench(runtime) {
                "net: [\"127.0.0.1:\($0)\"]\n      secrets: {token: {from: \"env:WANDERER_TOKEN\","
                    + " host: \"api.rig.test:\($0)\", as: \"header Authorization: Bearer {}\"}}"
            }
            for client in clients where client != "ssl" {
                let output = try bench.go(
                    client, "http://api.rig.test/echo", more: #", "sends_token": true"#)
                XCTAssertEqual(output["status"] as? Int, 200, "\(runtime) \(client) \(output)")
                XCTAssertEqual(output["token"] as? String, "rig-secret-placeholder-token")
                let body = try XCTUnwrap(output["body"] as? String)
                XCTAssertTrue(body.contains(EgressBench.tokenHex), body)
                XCTAssertTrue(body.contains("Bearer [secret:token]"), body)
                XCTAssertFalse(body.contains(EgressBench.token), body)
            }
            let row = try XCTUnwrap(bench.rows().last)
            let facts = try EgressBench.facts(row)
            XCTAssertEqual(facts["way"] as? String, "secret")
            XCTAssertEqual(facts["http_status"] as? Int, 200)
            XCTAssertEqual(row["status"] as? String, "ok")
        }
    }

    func testAnotherHostGetsThePlaceholderAndThatIsRecorded() throws {
        let bench = try EgressBench("python") {
            "net: [\"plain.rig.test:\($0)\", \"127.0.0.1:\($0)\"]\n      secrets: {token: {from: "
                + "\"env:WANDERER_TOKEN\", host: \"api.rig.test:\($0)\"}}"
        }
        // The peer speaks TLS only and hangs up; what was sent has left all the same.
        let output = try bench.go(
            "urllib", "http://plain.rig.test:\(bench.peer.port)/echo",
            more: #", "sends_token": true"#)
        XCTAssertNil(output["status"].flatMap { $0 as? Int == 200 ? $0 : nil }, "\(output)")
        let row = try XCTUnwrap(bench.rows().last)
        XCTAssertTrue(
            (row["note"] as? String)?.contains("placeholder sent") == true, "\(row)")
    }

    func testThePackWithoutGrantsHasNoWayOut() throws {
        for (runtime, clients) in Self.clients {
            let bench = try EgressBench(runtime) { _ in "net: []" }
            let output = try bench.go(
                clients[0], "https://api.rig.test:\(bench.peer.port)/echo")
            XCTAssertNotNil(output["error"], "\(output)")
            XCTAssertEqual(try bench.rows().count, 0)
        }
    }

    func testNetIsRefusedByNameWhereNothingHoldsAWorkerToIt() throws {
        let pack = Workbench.fixture("python", "wanderer")
        let bench = try Workbench.mounting([("wanderer", pack)])
        let text = try bench.read("rig.yaml")
            .replacingOccurrences(of: "{level: strict}", with: "{level: standard}")
            .replacingOccurrences(
                of: "    as: wanderer\n",
                with: "    as: wanderer\n    grants: {net: [\"api.example.com:443\"]}\n")
        try bench.write(text, to: "rig.yaml")
        let outcome = try bench.rig(["call", "wanderer.go", "{}", "--json"])
        XCTAssertTrue(outcome.out.contains("grants.net opens a way out"), outcome.out)
    }

    func testAPackIsToldWhichHostItIsNotGranted() throws {
        let folder = try Workbench.mounting([("asks", "placeholder")])
        let pack = try folder.makePack(
            "python", "asks",
            metadata:
                #"{"rsp": "1.0", "name": "rig-pack-asks", "version": "1.0.0", "capabilities": {"net": ["api.rig.test:443"]}}"#,
            tools: Workbench.tool())
        let text = try folder.read("rig.yaml").replacingOccurrences(of: "placeholder", with: pack)
        try folder.write(text, to: "rig.yaml")
        let outcome = try folder.rig(["call", "asks.go", "{}", "--json"])
        XCTAssertTrue(outcome.out.contains("net api.rig.test:443"), outcome.out)
    }
}

/// The pack `wanderer` at level strict, on a machine whose file of hosts is the test's.
private final class EgressBench {
    static let token = "tk-4f9a1c77e0b2d3"
    static let tokenHex = token.utf8.map { String(format: "%02X", $0) }.joined()
    let folder: Workbench
    let peer: TLSPeer

    /// - Parameter grants: Lines under `grants`, for the peer's port.
    init(_ runtime: String, grants: (UInt16) -> String) throws {
        try Self.skipUnlessNamesCanBeMade()
        peer = try TLSPeer(names: ["api.rig.test", "a.wild.rig.test", "plain.rig.test"])
        folder = try Workbench()
        try folder.expectSuccess(["init"])
        var text = try folder.read("rig.yaml")
        guard text.contains("{level: strict}") else {
            throw XCTSkip("this machine cannot enforce level strict")
        }
        let ca = folder.path("ca.pem")
        try FileManager.default.copyItem(atPath: peer.authority, toPath: ca)
        text = text.replacingOccurrences(
            of: "\npacks: []\n",
            with: """

                packs:
                  - path: "\(Workbench.fixture(runtime, "wanderer"))"
                    as: wanderer
                    grants:
                      \(grants(peer.port))
                      env: {SSL_CERT_FILE: "\(ca)", NODE_EXTRA_CA_CERTS: "\(ca)"}

                """)
        try folder.write(text, to: "rig.yaml")
        try folder.write(
            """
            127.0.0.1 localhost api.rig.test plain.rig.test other.rig.test
            127.0.0.1 a.wild.rig.test wild.rig.test evilwild.rig.test
            10.11.12.13 inside.rig.test

            """, to: "hosts")
    }

    /// Names are the test's own by a mount namespace in which only this `rig` lives.
    private static func skipUnlessNamesCanBeMade() throws {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = unshare + ["mount", "--bind", "/etc/hosts", "/etc/hosts"]
        probe.standardError = FileHandle.nullDevice
        try probe.run()
        probe.waitUntilExit()
        guard probe.terminationStatus == 0 else {
            throw XCTSkip("this machine gives no mount namespace to the test")
        }
    }

    private static let unshare = geteuid() == 0 ? ["unshare", "-m"] : ["unshare", "-Urm"]

    func go(_ how: String, _ url: String, more: String = "") throws -> [String: Any] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let args = "{\"how\": \"\(how)\", \"url\": \"\(url)\"\(more)}"
        let rig = Workbench.binaries.appendingPathComponent("rig").path
        process.arguments =
            Self.unshare + [
                "sh", "-c", "mount --bind \"$1\" /etc/hosts && shift && exec \"$@\"", "sh",
                folder.path("hosts"), rig, "call", "wanderer.go", args, "--json",
            ]
        process.currentDirectoryURL = folder.folder
        process.environment = ProcessInfo.processInfo.environment.merging([
            "WANDERER_TOKEN": Self.token, "SSL_CERT_FILE": folder.path("ca.pem"),
        ]) { _, mine in mine }
        process.environment?["RIG_CONFIG"] = nil
        let out = Pipe()
        process.standardOutput = out
        try process.run()
        let text = out.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let result = try JSONSerialization.jsonObject(with: text) as? [String: Any]
        XCTAssertFalse(String(decoding: text, as: UTF8.self).contains(Self.token))
        return try XCTUnwrap(
            result?["output"] as? [String: Any], String(decoding: text, as: UTF8.self))
    }

    /// What the audit holds of connections, oldest first.
    func rows() throws -> [[String: Any]] {
        let outcome = try folder.rig(["audit", "export"])
        XCTAssertEqual(outcome.status, 0, outcome.err)
        XCTAssertFalse(outcome.out.contains(Self.token))
        return try outcome.out.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }.filter { $0["kind"] as? String == "egress" }
    }

    static func facts(_ row: [String: Any]) throws -> [String: Any] {
        let text = try XCTUnwrap(row["args"] as? String)
        return try XCTUnwrap(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
