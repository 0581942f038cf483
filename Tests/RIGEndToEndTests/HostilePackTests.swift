import Foundation
import XCTest

/// Packs that misbehave while they are loaded or described, all of them mounted beside two good
/// ones: each is left out with its reason, and the good ones serve.
final class HostilePackTests: XCTestCase {
    /// From Tests/Fixtures/packs: the error of every call to it, and words of its message.
    private static let fixtures: [(name: String, type: String, words: String)] = [
        ("crash-on-import", "tool_error", "import"),
        ("exit-on-import", "worker_crashed", "status 7"),
        ("hang-on-import", "timeout", "20000 ms"),
        ("no-functions", "tool_error", "has no function"),
        ("crash-on-describe", "tool_error", "no tools today"),
        ("hang-on-describe", "timeout", "20000 ms"),
        ("garbage-on-describe", "worker_crashed", "not a message"),
        ("bad-tooldef", "tool_error", "risk"),
        ("bad-schema", "tool_error", "properties"),
        ("many-tools", "payload_too_large", "a frame holds"),
    ]

    /// Definitions that break RTP, RSP or the limits of JSON Schema here, and what names the fault.
    private static let definitions: [(name: String, tools: String, words: String)] = [
        (
            "no-risk",
            #"[{"rtp": "1.0", "name": "go", "description": "Goes.", "input_schema": {}}]"#,
            "risk"
        ),
        ("odd-risk", Workbench.tool(risk: #""harmless""#), "risk"),
        ("odd-name", Workbench.tool().replacingOccurrences(of: #""go""#, with: #""go!""#), "name"),
        ("array-input", Workbench.tool(input: #"{"type": "array"}"#), "input_schema"),
        ("stranger", Workbench.tool(more: #", "colour": "red""#), "colour"),
        (
            "twice",
            "["
                + String(
                    repeating: String(Workbench.tool().dropFirst().dropLast()) + ",",
                    count: 1) + Workbench.tool().dropFirst().dropLast() + "]", "go"
        ),
        ("no-list", #"{"go": 1}"#, "tools()"),
        (
            "look-ahead",
            Workbench.tool(
                input: #"{"type": "object", "properties": {"a": {"pattern": "^(?=x)y"}}}"#),
            "pattern"
        ),
        (
            "back-reference",
            Workbench.tool(
                input: #"{"type": "object", "properties": {"a": {"pattern": "(a)\\1"}}}"#),
            "pattern"
        ),
        (
            "remote-ref",
            Workbench.tool(
                input: #"{"type": "object", "$ref": "https://example.com/a.json"}"#),
            "https://example.com/a.json"
        ),
        (
            "file-ref",
            Workbench.tool(
                input: #"{"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}"#),
            "file:///etc/passwd"
        ),
        (
            "bad-output-schema", Workbench.tool(more: #", "output_schema": {"type": "thing"}"#),
            "type"
        ),
    ]

    private static let metadata: [(name: String, text: String, words: String)] = [
        (
            "net",
            #"{"rsp": "1.0", "name": "rig-pack-net", "version": "1.0.0", "capabilities": {"net": ["example.com:443"]}}"#,
            "net example.com:443"
        ),
        (
            "data",
            #"{"rsp": "1.0", "name": "rig-pack-data", "version": "1.0.0", "capabilities": {"fs": ["data"]}}"#,
            "fs data"
        ),
        (
            "secret",
            #"{"rsp": "1.0", "name": "rig-pack-secret", "version": "1.0.0", "capabilities": {"secrets": ["token"]}}"#,
            "secret token"
        ),
        ("other-rsp", #"{"rsp": "9.0", "name": "rig-pack-other-rsp", "version": "1.0.0"}"#, "rsp"),
        ("no-version", #"{"rsp": "1.0", "name": "rig-pack-no-version"}"#, "version"),
    ]

    func testEveryBadPackIsLeftOutWithItsReasonAndTheOthersServe() throws {
        let bench = try Workbench()
        var packs = [("goodpy", Workbench.pythonEcho), ("goodjs", Workbench.nodeEcho)]
        var wanted: [(namespace: String, type: String, words: String)] = []
        for (runtime, short) in [("python", "p"), ("node", "n")] {
            for fixture in Self.fixtures {
                packs.append(("\(short)-\(fixture.name)", Workbench.fixture(runtime, fixture.name)))
                wanted.append(("\(short)-\(fixture.name)", fixture.type, fixture.words))
            }
            for made in Self.definitions {
                packs.append(
                    (
                        "\(short)-\(made.name)",
                        try bench.makePack(runtime, made.name, tools: made.tools)
                    ))
                wanted.append(("\(short)-\(made.name)", "tool_error", made.words))
            }
            for made in Self.metadata {
                packs.append(
                    (
                        "\(short)-\(made.name)",
                        try bench.makePack(
                            runtime, made.name, metadata: made.text, tools: Workbench.tool())
                    ))
                wanted.append(("\(short)-\(made.name)", "tool_error", made.words))
            }
        }
        let house = try Workbench.mounting(packs)
        var calls: [StormCall] = []
        for pack in wanted {
            calls.append(StormCall("\(pack.namespace).go", "{}"))
            calls.append(StormCall("goodpy.say", #"{"text": "here"}"#))
            calls.append(StormCall("goodjs.say", #"{"text": "here"}"#))
        }
        let answers = try house.callEach(calls)
        for (index, pack) in wanted.enumerated() {
            let (bad, python, node) = (
                answers[3 * index], answers[3 * index + 1], answers[3 * index + 2]
            )
            XCTAssertFalse(bad.isOK, pack.namespace)
            XCTAssertEqual(bad.end, pack.type, "\(pack.namespace): \(bad.message)")
            XCTAssertTrue(
                bad.message.contains(pack.words),
                "\(pack.namespace) does not say '\(pack.words)': "
                    + bad.message)
            XCTAssertEqual(python.output?["text"] as? String, "here", pack.namespace)
            XCTAssertEqual(node.output?["text"] as? String, "here", pack.namespace)
        }
    }

    func testAddRefusesABadPackAndNamesTheFault() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        for runtime in ["python", "node"] {
            for (name, tools, words) in Self.definitions {
                let folder = try bench.makePack(runtime, name, tools: tools)
                let outcome = try bench.rig(["add", "path", folder, "--json"])
                XCTAssertEqual(outcome.status, 1, "\(runtime) \(name): \(outcome.err)")
                XCTAssertEqual(try outcome.errorType(), "pack", name)
                XCTAssertTrue(outcome.err.contains(words), "\(runtime) \(name): \(outcome.err)")
            }
        }
    }

    func testAPackThatAsksForMoreThanItIsGrantedIsRefusedNamingAllOfIt() throws {
        let bench = try Workbench()
        try bench.expectSuccess(["init"])
        let folder = try bench.makePack(
            "python", "greedy",
            metadata: """
                {"rsp": "1.0", "name": "rig-pack-greedy", "version": "1.0.0", "capabilities":
                {"net": ["a.example:443"], "fs": ["workspace"], "secrets": ["key"]}}
                """, tools: Workbench.tool())
        let outcome = try bench.rig(["add", "path", folder])
        XCTAssertEqual(outcome.status, 1)
        for wish in ["net a.example:443", "fs workspace", "secret key"] {
            XCTAssertTrue(outcome.err.contains(wish), outcome.err)
        }
        XCTAssertTrue(outcome.err.contains("hint: grant it"), outcome.err)
    }
}
