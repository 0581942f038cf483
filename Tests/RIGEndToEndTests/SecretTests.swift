import Foundation
import XCTest

/// What a pack was given it cannot give away: a hostile pack tries all it knows, through the real
/// `rig`, and no form of a value shows up anywhere.
final class SecretTests: XCTestCase {
    /// How to leak, and whether the mark stands in the answer or in the log.
    private static let ways: [(how: String, inAnswer: Bool)] = [
        ("plain", true), ("nested", true), ("key", true), ("base64", true), ("url", true),
        ("json", true), ("error", true), ("details", true), ("exception", true), ("log", false),
        ("stdout", false), ("stderr", false), ("split", false), ("words", false),
    ]

    func testNoFormOfASecretShowsAnywhere() throws {
        for runtime in ["python", "node"] {
            let bench = try LeakyBench(runtime)
            for (how, inAnswer) in Self.ways {
                let outcome = try bench.leak(how)
                bench.expectClean(outcome, "\(runtime) \(how)")
                let place = inAnswer ? outcome.out : outcome.err
                // A line that is too long is cut before a secret that crosses the cut, and what
                // follows the cut is dropped: there nothing has to stand in the secret's place.
                XCTAssertTrue(
                    how == "split"
                        || place.contains("[secret:token]") && place.contains("[secret:key]"),
                    "\(runtime) \(how): \(place.prefix(2_000))")
                XCTAssertTrue(outcome.err.contains("imported with [secret:key]"), outcome.err)
                XCTAssertNoThrow(try outcome.json(), how)
            }
            for how in ["progress", "long"] {
                let outcome = try bench.leak(how)
                XCTAssertEqual(outcome.status, 0)
                bench.expectClean(outcome, "\(runtime) \(how)")
            }
            try bench.expectCleanFiles(runtime)
        }
    }

    func testSecretThatIsANumberRefusesTheOutput() throws {
        for runtime in ["python", "node"] {
            let bench = try LeakyBench(runtime)
            let outcome = try bench.leak("across")
            XCTAssertEqual(try outcome.errorType(), "output_invalid", outcome.out)
            bench.expectClean(outcome, runtime)
        }
    }

    func testApprovalsAndTheRecordHoldNoSecret() throws {
        let bench = try LeakyBench("node")
        let args = #"{"how": "plain"}"#
        let asked = try bench.rig(["call", "leaky.pay", args, "--json"])
        XCTAssertEqual(asked.status, 3, asked.out + asked.err)
        let error = try XCTUnwrap(asked.json()["error"] as? [String: Any])
        let approval = try XCTUnwrap(error["approval"] as? [String: Any])
        let id = try XCTUnwrap(approval["approval_id"] as? String)
        for words in [
            ["approvals"], ["approvals", "show", id], ["approve", id],
            ["call", "leaky.pay", args, "--idempotency-key", "k", "--json"],
            // What is kept for the key, and shown again from there.
            ["call", "leaky.pay", args, "--idempotency-key", "k", "--json"],
            ["audit", "query", "--json"],
            ["list", "--all", "--json"], ["packs", "--json"], ["config", "check"],
        ] {
            let outcome = try bench.rig(words)
            XCTAssertEqual(outcome.status, 0, "\(words) \(outcome.err)")
            bench.expectClean(outcome, words[0])
        }
        try bench.expectCleanFiles("node")
    }

    func testToolGetsTheSlotsOfItsAuthAndNoOthers() throws {
        for runtime in ["python", "node"] {
            let bench = try LeakyBench(runtime)
            let leak = try bench.leak("plain").json()
            // `key` goes by the environment, and `extra` has no value.
            XCTAssertEqual((leak["output"] as? [String: Any])?["slots"] as? [String], ["token"])
            let bare = try bench.rig(["call", "leaky.bare", "{}", "--json"]).json()
            XCTAssertEqual((bare["output"] as? [String: Any])?["slots"] as? [String], [])
        }
    }

    func testPackIsDescribedWithoutItsSecrets() throws {
        let bench = try LeakyBench("python")
        let list = try bench.rig(["list", "--all", "--json"])
        XCTAssertTrue(list.out.contains("The key was not there."), list.out)
        XCTAssertFalse(list.out.contains("The key was there."), list.out)
    }

    func testErrorOfAnImportWithSecretsIsCleaned() throws {
        for runtime in ["python", "node"] {
            let bench = try LeakyBench(runtime, key: #"raise "this" key"#)
            let outcome = try bench.leak("plain")
            XCTAssertNotEqual(outcome.status, 0)
            XCTAssertTrue(outcome.out.contains("[secret:key]"), outcome.out + outcome.err)
            bench.expectClean(outcome, runtime)
        }
    }

    func testMissingRequiredValueIsSecretMissing() throws {
        let bench = try LeakyBench("python")
        bench.variables["LEAKY_TEST_TOKEN"] = nil
        for _ in 0..<2 {
            let outcome = try bench.leak("plain")
            XCTAssertEqual(try outcome.errorType(), "secret_missing")
            XCTAssertEqual(outcome.status, 1)
            let error = try XCTUnwrap(outcome.json()["error"] as? [String: Any])
            XCTAssertEqual((error["details"] as? [String: Any])?["slot"] as? String, "token")
            let meta = try XCTUnwrap(outcome.json()["meta"] as? [String: Any])
            XCTAssertEqual(meta["attempts"] as? Int, 0)
            bench.variables["LEAKY_TEST_TOKEN"] = ""
        }
        // Nobody is asked to approve what cannot run.
        let pay = try bench.rig(["call", "leaky.pay", #"{"how": "plain"}"#, "--json"])
        XCTAssertEqual(try pay.errorType(), "secret_missing")
        XCTAssertEqual(try bench.rig(["call", "leaky.bare", "{}"]).status, 0)
    }

    func testPackThatAsksForMoreThanItIsGrantedIsNotMounted() throws {
        let bench = try LeakyBench(
            "python", grants: "secrets: {token: {from: \"env:A\", deliver: ctx}}")
        let outcome = try bench.leak("plain")
        XCTAssertEqual(try outcome.errorType(), "tool_error")
        XCTAssertTrue(outcome.out.contains("secret key, secret extra"), outcome.out)
    }

    func testSourceThatIsNotSafeRefusesThePackWithAHint() throws {
        let bench = try LeakyBench("python")
        for (mode, text, why) in [
            (0o644, "long enough", "can be read by others"), (0o600, "short", "fewer than 6 bytes"),
        ] {
            try bench.folder.write(text, to: "key")
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: bench.folder.path("key"))
            let outcome = try bench.leak("plain")
            XCTAssertEqual(try outcome.errorType(), "tool_error")
            XCTAssertTrue(outcome.out.contains("secret key: "), outcome.out)
            XCTAssertTrue(outcome.out.contains(why), outcome.out)
        }
    }

    func testEgressIsRefusedByNameWhereNothingHoldsAWorkerToIt() throws {
        for level in ["standard", "none"] {
            let bench = try LeakyBench(
                "python",
                grants: "secrets: {token: {from: \"env:A\", host: api.example.com}}")
            var text = try bench.folder.read("rig.yaml")
            for other in ["strict", "standard"] {
                text = text.replacingOccurrences(of: "{level: \(other)}", with: "{level: \(level)}")
            }
            try bench.folder.write(text, to: "rig.yaml")
            let outcome = try bench.leak("plain")
            XCTAssertNotEqual(outcome.status, 0)
            XCTAssertTrue(
                outcome.out.contains("grants.secrets.token opens a way out"), outcome.out)
        }
    }
}

/// A RIG folder with the pack `leaky`, its secrets, and what must not be seen of them.
private final class LeakyBench {
    let folder: Workbench
    var variables: [String: String]
    private let needles: [(name: String, bytes: Data)]

    private static let grants = """
        secrets:
                token: {from: "env:LEAKY_TEST_TOKEN", deliver: ctx}
                key: {from: "file:key", deliver: env, as: env LEAKY_KEY}
                extra: {from: "cmd:printf '%s' ''", deliver: ctx}
                pin: {from: "env:LEAKY_TEST_PIN", deliver: env, as: env LEAKY_PIN}
        """

    init(_ runtime: String, key: String = "k-ö/7+9\t&=\\u0041q", grants: String = grants) throws {
        let token = #"s3cr"t, /Tök%41en?"#
        let pin = "730041986"
        variables = ["LEAKY_TEST_TOKEN": token, "LEAKY_TEST_PIN": pin]
        needles = [token, key, pin].flatMap(Self.forms)
        // The pack asks for three slots; a fourth, for `across`, is asked for by its copy here.
        folder = try Workbench()
        try folder.expectSuccess(["init"])
        let pack = folder.folder.appendingPathComponent("leaky")
        try FileManager.default.copyItem(
            atPath: Workbench.fixture(runtime, "leaky"), toPath: pack.path)
        let program = runtime == "python" ? "leaky/leaky.py" : "leaky/index.cjs"
        if grants == Self.grants {
            try folder.write(
                folder.read(program).replacingOccurrences(
                    of: #""key", "extra"]"#, with: #""key", "extra", "pin"]"#), to: program)
        }
        try folder.write(key + "\n", to: "key")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder.path("key"))
        let text = try folder.read("rig.yaml")
        XCTAssertTrue(text.contains("\npacks: []\n"), text)
        try folder.write(
            text.replacingOccurrences(
                of: "\npacks: []\n",
                with: "\npacks:\n  - path: ./leaky\n    as: leaky\n    grants:\n      \(grants)\n"),
            to: "rig.yaml")
    }

    func rig(_ words: [String]) throws -> Workbench.Outcome {
        try folder.rig(
            words, environment: variables.merging(["RIG_LOG": "debug"]) { mine, _ in mine })
    }

    func leak(_ how: String) throws -> Workbench.Outcome {
        try rig(["call", "leaky.leak", #"{"how": "\#(how)"}"#, "--json"])
    }

    func expectClean(
        _ outcome: Workbench.Outcome, _ what: String, file: StaticString = #filePath,
        line: UInt = #line
    ) {
        for (place, text) in [("stdout", outcome.out), ("stderr", outcome.err)] {
            for name in found(in: Data(text.utf8)) {
                XCTFail(
                    "\(what): \(name) in \(place): \(text.prefix(4_000))", file: file, line: line)
            }
        }
    }

    /// Every byte under the folder, but for the file that the secret comes from.
    func expectCleanFiles(
        _ what: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        var checked: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.folder.path) {
            guard name != "key", let data = FileManager.default.contents(atPath: folder.path(name))
            else { continue }
            checked.insert(name)
            for needle in found(in: data) {
                XCTFail("\(what): \(needle) in \(name)", file: file, line: line)
            }
        }
        XCTAssertTrue(checked.contains(".rig/state.db"), "\(checked)", file: file, line: line)
    }

    private func found(in data: Data) -> [String] {
        needles.filter { data.range(of: $0.bytes) != nil }.map(\.name)
    }

    private static func forms(_ value: String) -> [(name: String, bytes: Data)] {
        var forms = [("raw", value)]
        let quoted = String(
            decoding: (try? JSONSerialization.data(withJSONObject: [value])) ?? Data(),
            as: UTF8.self)
        forms.append(("json", String(quoted.dropFirst(2).dropLast(2))))
        forms.append(
            (
                "json without slashes",
                String(quoted.dropFirst(2).dropLast(2)).replacingOccurrences(of: "\\/", with: "/")
            ))
        for format in ["%%%02X", "%%%02x"] {
            forms.append(
                ("percent", value.utf8.map { String(format: format, $0) }.joined()))
        }
        var allowed = CharacterSet.alphanumerics
        allowed.formIntersection(CharacterSet(charactersIn: "\0"..."\u{7F}"))
        forms.append(("url", value.addingPercentEncoding(withAllowedCharacters: allowed) ?? value))
        for lead in ["", "u", "uu"] {
            let text = Data((lead + value).utf8).base64EncodedString()
            // What neighbours decide is no part of it.
            let core = String(text.dropFirst(lead.isEmpty ? 0 : 4).prefix(value.utf8.count))
            forms.append(("base64", core))
            forms.append(
                (
                    "base64url",
                    core.replacingOccurrences(of: "+", with: "-")
                        .replacingOccurrences(of: "/", with: "_")
                ))
        }
        // Half a secret is half a leak.
        forms.append(("front half", String(value.prefix(max(6, value.count / 2)))))
        forms.append(("back half", String(value.suffix(max(6, value.count / 2)))))
        return forms.map { ("\($0.0) of \(value)", Data($0.1.utf8)) }
    }
}
