import Foundation
import XCTest

/// Arguments that are not what a caller should send: each is refused with its type, none reaches a
/// worker, and the next call is served.
final class BadArgumentsTests: XCTestCase {
    private static let texts: [(name: String, args: Data, type: String)] = [
        ("empty", Data(), "invalid_request"),
        ("white space", Data("  ".utf8), "invalid_request"),
        ("not JSON", Data("hello".utf8), "invalid_request"),
        ("cut off", Data(#"{"text": "a""#.utf8), "invalid_request"),
        ("two values", Data(#"{"text": "a"} {}"#.utf8), "invalid_request"),
        ("trailing comma", Data(#"{"text": "a",}"#.utf8), "invalid_request"),
        ("single quotes", Data("{'text': 'a'}".utf8), "invalid_request"),
        ("comment", Data(#"{"text": "a" /* b */}"#.utf8), "invalid_request"),
        ("NaN", Data(#"{"text": NaN}"#.utf8), "invalid_request"),
        ("leading zero", Data(#"{"text": "a", "repeat": 01}"#.utf8), "invalid_request"),
        (
            "a byte order mark", Data([0xEF, 0xBB, 0xBF]) + Data(#"{"text": "a"}"#.utf8),
            "invalid_request"
        ),
        ("raw NUL in a string", Data("{\"text\": \"a\u{0}b\"}".utf8), "invalid_request"),
        ("NUL after the value", Data("{\"text\": \"a\"}\u{0}".utf8), "invalid_request"),
        (
            "invalid UTF-8", Data(#"{"text": ""#.utf8) + Data([0xFF, 0xFE]) + Data(#""}"#.utf8),
            "invalid_request"
        ),
        (
            "overlong UTF-8", Data(#"{"text": ""#.utf8) + Data([0xC0, 0xAF]) + Data(#""}"#.utf8),
            "invalid_request"
        ),
        (
            "a surrogate in UTF-8",
            Data(#"{"text": ""#.utf8) + Data([0xED, 0xA0, 0x80]) + Data(#""}"#.utf8),
            "invalid_request"
        ),
        ("lone high surrogate", Data(#"{"text": "\ud800"}"#.utf8), "invalid_request"),
        ("lone low surrogate", Data(#"{"text": "\udc00 a"}"#.utf8), "invalid_request"),
        ("surrogates the wrong way", Data(#"{"text": "\udc00\ud800"}"#.utf8), "invalid_request"),
        ("lone surrogate in a key", Data(#"{"text": "a", "\udfff": 1}"#.utf8), "invalid_request"),
        ("duplicate key", Data(#"{"text": "a", "text": "b"}"#.utf8), "invalid_request"),
        (
            "duplicate key, escaped", Data(#"{"text": "a", "te\u0078t": "b"}"#.utf8),
            "invalid_request"
        ),
        (
            "duplicate unknown key", Data(#"{"text": "a", "x": 1, "\u0078": 1}"#.utf8),
            "invalid_request"
        ),
        (
            "duplicate key, deep", Data(#"{"text": {"a": [{"b": 1, "\u0062": 2}]}}"#.utf8),
            "invalid_request"
        ),
        ("no object", Data("[]".utf8), "validation_failed"),
        ("a string", Data(#""text""#.utf8), "validation_failed"),
        ("null", Data("null".utf8), "validation_failed"),
        ("wrong type", Data(#"{"text": 7}"#.utf8), "validation_failed"),
        ("lacks a member", Data("{}".utf8), "validation_failed"),
        ("a stranger", Data(#"{"text": "a", "loud": true}"#.utf8), "validation_failed"),
    ]

    func testEveryBadTextIsRefusedByTypeAndTheNextCallIsServed() throws {
        let bench = try Workbench.withEchoPacks()
        var calls: [StormCall] = []
        for namespace in ["py", "js"] {
            for text in Self.texts {
                calls.append(StormCall("\(namespace).say", text.args))
                calls.append(StormCall("\(namespace).say", #"{"text": "still here"}"#))
            }
        }
        let answers = try bench.callEach(calls)
        for (index, answer) in answers.enumerated() {
            let text = Self.texts[index / 2 % Self.texts.count]
            if index % 2 == 1 {
                XCTAssertEqual(answer.output?["text"] as? String, "still here", text.name)
                continue
            }
            XCTAssertEqual(answer.end, text.type, "\(text.name): \(answer.message)")
            XCTAssertEqual(answer.error["retryable"] as? Bool, false, text.name)
            let meta = answer.value["meta"] as? [String: Any]
            XCTAssertEqual(meta?["attempts"] as? Int, 0, "\(text.name) reached a worker")
        }
    }

    func testTheCommandSaysTheSameWithItsExitStatus() throws {
        let bench = try Workbench.withEchoPacks()
        for (args, type, status) in [
            (#"{"text": "#, "invalid_request", Int32(2)),
            (#"{"text": "a", "te\u0078t": "b"}"#, "invalid_request", 2),
            (#"{"text": 7}"#, "validation_failed", 1),
        ] {
            let outcome = try bench.rig(["call", "js.say", args, "--json"])
            XCTAssertEqual(outcome.status, status, args)
            XCTAssertEqual(try outcome.errorType(), type, args)
            let words = try bench.rig(["call", "js.say", args])
            XCTAssertEqual(words.status, status, args)
            XCTAssertEqual(words.out, "", "an error goes to stderr")
            XCTAssertTrue(words.err.hasPrefix("rig: js.say: \(type): "), words.err)
        }
    }

    func testDepthOfAHundredThousandIsRefused() throws {
        let bench = try Workbench.withEchoPacks()
        let depth = 100_000
        let open = String(repeating: "[", count: depth)
        let close = String(repeating: "]", count: depth)
        let objects = String(repeating: #"{"a":"#, count: depth)
        let ends = String(repeating: "}", count: depth)
        let answers = try bench.callEach([
            StormCall("py.say", #"{"text": \#(open)\#(close)}"#),
            StormCall("py.say", open),
            StormCall("js.say", objects + "1" + ends),
            StormCall("js.say", #"{"text": "a"}"#),
            StormCall("py.say", #"{"text": "a"}"#),
        ])
        XCTAssertEqual(
            answers.map(\.end),
            ["invalid_request", "invalid_request", "invalid_request", "ok", "ok"])
        let outcome = try bench.rig(
            ["call", "py.say", "-", "--json"], input: Data((open + close).utf8))
        XCTAssertEqual(outcome.status, 2)
        XCTAssertEqual(try outcome.errorType(), "invalid_request")
    }

    func testFiftyMegabytesAreTooLargeWhereverTheyComeFrom() throws {
        let bench = try Workbench.withEchoPacks()
        let text =
            Data(#"{"text": ""#.utf8) + Data(repeating: 0x61, count: 50_000_000)
            + Data(#""}"#.utf8)
        try text.write(to: bench.folder.appendingPathComponent("big.json"))
        let outcomes = [
            try bench.rig(["call", "py.say", "-", "--json"], input: text),
            try bench.rig(["call", "js.say", "@big.json", "--json"]),
        ]
        for outcome in outcomes {
            XCTAssertEqual(outcome.status, 1, outcome.err)
            XCTAssertEqual(try outcome.errorType(), "payload_too_large")
        }
        let answers = try bench.callEach([
            StormCall("py.say", text), StormCall("py.say", #"{"text": "a"}"#),
        ])
        XCTAssertEqual(answers.map(\.end), ["payload_too_large", "ok"])
    }

    func testMoreThanAnyPackMayAllowIsTooLargeToo() throws {
        let bench = try Workbench.withEchoPacks()
        let outcome = try bench.rig(["call", "py.say", "@/dev/zero", "--json"])
        XCTAssertEqual(outcome.status, 1, outcome.err)
        XCTAssertEqual(try outcome.errorType(), "payload_too_large")
    }

    func testAnArgumentFileThatIsNotThereIsNamed() throws {
        let bench = try Workbench.withEchoPacks()
        let outcome = try bench.rig(["call", "py.say", "@absent.json", "--json"])
        XCTAssertNotEqual(outcome.status, 0)
        XCTAssertFalse(outcome.endedBySignal)
        XCTAssertTrue(outcome.err.contains("absent.json"), outcome.err)
        XCTAssertNotNil(try outcome.errorType())
    }

    func testAnUnknownToolIsNamedWithTheNearestOne() throws {
        let bench = try Workbench.withEchoPacks()
        for (typed, meant) in [
            ("py.sya", "py.say"), ("js.write-note", "js.write_note"), ("p.say", "py.say"),
            ("say", "say"),
        ] {
            let (status, _, error) = try bench.call(typed, "{}")
            XCTAssertEqual(status, 1)
            XCTAssertEqual(error?["type"] as? String, "tool_not_found")
            let suggestions = (error?["details"] as? [String: Any])?["suggestions"] as? [String]
            XCTAssertTrue(
                suggestions?.first?.hasSuffix(meant) ?? false, "\(typed): \(suggestions ?? [])")
        }
        let words = try bench.rig(["call", "py.sya", "{}"])
        XCTAssertTrue(words.err.contains("hint: Did you mean py.say?"), words.err)
    }

    func testAnUnknownPackIsNotFoundAndStrangeNamesDoNoHarm() throws {
        let bench = try Workbench.withEchoPacks()
        let long = String(repeating: "x", count: 100_000)
        let names = ["nobody.say", "", ".", "py.", ".say", "py.say.more", "../say", "PY.SAY", long]
        let answers = try bench.callEach(names.map { StormCall($0, "{}") })
        XCTAssertEqual(answers.map(\.end), names.map { _ in "tool_not_found" })
        for answer in answers { XCTAssertLessThan(answer.message.utf8.count, 1_000) }
    }
}
