import Foundation
import XCTest

/// Packs that misbehave in a call: the call ends with its type, the pack serves its next call, and
/// the other packs do not notice.
final class HostileCallTests: XCTestCase {
    private static let valid = #"{"type":"result","id":ID,"ok":true,"output":{"a":1}}"#
    private static let depth = 50_000

    /// What a worker writes in place of a result, how the call ends, and words of the message. The
    /// tool is not idempotent, so a worker that is ended for it leaves an unknown outcome.
    private static let frames: [(frame: String, end: String, words: String)] = [
        (valid, "ok", ""),
        (#" { "id" : ID , "ok" : true , "output" : { "a" : 1 } , "type" : "result" } "#, "ok", ""),
        (#"{"type":"result","id":ID,"ok":true,"stranger":[{}],"output":{}}"#, "ok", ""),
        // Envelopes that are none.
        (#"{"type":"result","id":ID,"ok":true}"#, "output_invalid", "neither output nor error"),
        (#"{"type":"result","id":ID,"output":{}}"#, "output_invalid", "neither output nor error"),
        (#"{"type":"result","id":ID,"ok":"yes","output":{}}"#, "output_invalid", ""),
        (#"{"type":"result","id":ID,"ok":false}"#, "output_invalid", ""),
        (#"{"type":"result","id":ID,"ok":true,"output":{}}{}"#, "output_invalid", "frame"),
        (#"{"type":"result","id":ID,"ok":true,"output":{}"#, "output_invalid", "frame"),
        (#"{"type":"result","id":ID,"ok":true,"ok":true,"output":{}}"#, "output_invalid", "twice"),
        (
            #"{"type":"result","id":ID,"ok":true,"output":{},"output":{}}"#, "output_invalid",
            "twice"
        ),
        // Errors that a pack may not say, or says wrongly.
        (
            #"{"type":"result","id":ID,"ok":false,"error":{"type":"policy_denied","message":"no"}}"#,
            "tool_error", "no"
        ),
        (
            #"{"type":"result","id":ID,"ok":false,"error":{"type":"made_up","message":"no"}}"#,
            "tool_error", "no"
        ),
        (#"{"type":"result","id":ID,"ok":false,"error":"no"}"#, "tool_error", ""),
        (
            #"{"type":"result","id":ID,"ok":false,"error":{"type":"tool_error","message":"a","message":"b"}}"#,
            "output_invalid", "twice"
        ),
        // Outputs that are no JSON, or not the tool's.
        (
            #"{"type":"result","id":ID,"ok":true,"output":{"a":1,"\u0061":2}}"#, "output_invalid",
            "twice"
        ),
        (
            #"{"type":"result","id":ID,"ok":true,"output":{"b":{"c":1,"c":2}}}"#, "output_invalid",
            "twice"
        ),
        (#"{"type":"result","id":ID,"ok":true,"output":{"b":"\ud800"}}"#, "output_invalid", ""),
        (#"{"type":"result","id":ID,"ok":true,"output":{"b":NaN}}"#, "output_invalid", ""),
        (
            "{\"type\":\"result\",\"id\":ID,\"ok\":true,\"output\":{\"b\":\"\u{0}\"}}",
            "output_invalid", ""
        ),
        (#"{"type":"result","id":ID,"ok":true,"output":{"a":"one"}}"#, "output_invalid", "/a"),
        (#"{"type":"result","id":ID,"ok":true,"output":[]}"#, "output_invalid", "object"),
        (
            #"{"type":"result","id":ID,"ok":true,"output":"#
                + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}",
            "output_invalid", ""
        ),
        // What is no message of the protocol ends the worker.
        (#"{"type":"result","id":"ID","ok":true,"output":{}}"#, "unknown_outcome", "not a message"),
        (#"{"type":"result","id":ID.5,"ok":true,"output":{}}"#, "unknown_outcome", "not a message"),
        (#"{"type":"result","id":-ID,"ok":true,"output":{}}"#, "unknown_outcome", "not a message"),
        (#"{"type":"result","id":0,"ok":true,"output":{}}"#, "unknown_outcome", "not a message"),
        (
            #"{"type":"result","id":7777777,"ok":true,"output":{}}"#, "unknown_outcome",
            "does not hold"
        ),
        (
            #"{"type":"result","id":99999999999999999999,"ok":true}"#, "unknown_outcome",
            "not a message"
        ),
        (#"{"type":"progress","id":7777777,"done":1}"#, "unknown_outcome", "does not hold"),
        (#"{"type":"progress","id":ID,"done":"much"}"#, "unknown_outcome", "not a message"),
        (
            #"{"type":"ready","protocol":1,"pack":{"name":"a","version":"1"}}"#, "unknown_outcome",
            "out of turn"
        ),
        (#"{"type":"tools","metadata":{},"tools":[]}"#, "unknown_outcome", "out of turn"),
        (#"{"type":"shutdown"}"#, "unknown_outcome", "not a message"),
        (#"{"type":7}"#, "unknown_outcome", "not a message"),
        ("{}", "unknown_outcome", "not a message"),
        ("[]", "unknown_outcome", "not a message"),
        ("null", "unknown_outcome", "not a message"),
        ("", "unknown_outcome", "not a message"),
        ("\u{FEFF}" + valid, "unknown_outcome", "not a message"),
    ]

    func testEveryFrameAWorkerCanWriteHasItsEnd() throws {
        let packs = ["python", "node"].map { ($0, Workbench.fixture($0, "raw-frame")) }
        let bench = try Workbench.mounting(
            packs + [("good", Workbench.nodeEcho)], limits: "{concurrency: 64}")
        var wanted = Self.frames.map { (Data($0.frame.utf8), "", $0.end, $0.words) }
        let invalid = Data(#"{"type":"result","id":ID,"ok":true,"output":{"b":""#.utf8)
        wanted.append((invalid + Data([0xFF]) + Data(#""}}"#.utf8), "", "output_invalid", ""))
        wanted.append(
            (
                Data([0xFF, 0xFE]), #", "length": 4294967295"#, "unknown_outcome", "size limit"
            ))
        let sound = Self.valid.utf8.map { String(format: "%02x", $0) }.joined()
        var calls: [StormCall] = []
        for (frame, more, _, _) in wanted {
            let hex = frame.map { String(format: "%02x", $0) }.joined()
            for (namespace, _) in packs {
                calls.append(StormCall("\(namespace).go", #"{"hex": "\#(hex)"\#(more)}"#))
                calls.append(StormCall("good.say", #"{"text": "here"}"#))
                // An answer in between: a pack that only fails would be left alone after a while.
                calls.append(StormCall("\(namespace).go", #"{"hex": "\#(sound)"}"#))
            }
        }
        let answers = try bench.callEach(calls)
        for (index, answer) in answers.enumerated() {
            let (frame, _, end, words) = wanted[index / 6]
            let text = calls[index].tool + " " + String(decoding: frame.prefix(120), as: UTF8.self)
            if index % 3 == 2 {
                XCTAssertEqual(answer.end, "ok", "after \(text): \(answer.message)")
                continue
            }
            guard index % 3 == 0 else {
                XCTAssertEqual(answer.output?["text"] as? String, "here", "after \(text)")
                continue
            }
            XCTAssertEqual(answer.end, end, "\(text): \(answer.message)")
            if !words.isEmpty {
                XCTAssertTrue(answer.message.contains(words), "\(text): \(answer.message)")
            }
        }
    }

    /// Fixture, deadline of its call, and how that ends.
    private static let fixtures: [(name: String, deadline: Int?, ends: Set<String>)] = [
        ("prints", nil, ["ok"]),
        ("answers-twice", nil, ["ok"]),
        ("bad-output", nil, ["output_invalid"]),
        ("garbage-frames", nil, ["worker_crashed"]),
        ("huge-frame", nil, ["worker_crashed"]),
        ("foreign-id", nil, ["worker_crashed"]),
        ("crash-in-call", nil, ["worker_crashed"]),
        ("deaf", 300, ["timeout"]),
        // Node may give up on a full pipe before its deadline: the pack's error, outside a call.
        ("print-flood", 300, ["timeout", "tool_error"]),
        ("memory-hog", 20_000, ["worker_crashed", "tool_error"]),
    ]

    func testEveryBadCallEndsWithItsTypeAndTheOthersServe() throws {
        var packs = [("goodpy", Workbench.pythonEcho), ("goodjs", Workbench.nodeEcho)]
        for (runtime, short) in [("python", "p"), ("node", "n")] {
            packs += Self.fixtures.map {
                ("\(short)-\($0.name)", Workbench.fixture(runtime, $0.name))
            }
        }
        let bench = try Workbench.mounting(packs)
        var calls: [StormCall] = []
        for (namespace, _) in packs.dropFirst(2) {
            let deadline = Self.fixtures.first { namespace.hasSuffix("-" + $0.name) }?.deadline
            // Twice: the pack itself has to come back too.
            for _ in 0..<2 {
                calls.append(StormCall("\(namespace).go", "{}", deadlineMilliseconds: deadline))
                calls.append(StormCall("goodpy.say", #"{"text": "here"}"#))
                calls.append(StormCall("goodjs.say", #"{"text": "here"}"#))
            }
        }
        for (call, answer) in zip(calls, try bench.callEach(calls)) {
            guard call.tool.hasSuffix(".go") else {
                XCTAssertEqual(answer.output?["text"] as? String, "here")
                continue
            }
            let ends = Self.fixtures.first { call.tool.hasSuffix("-\($0.name).go") }?.ends
            XCTAssertTrue(
                ends?.contains(answer.end) ?? false,
                "\(call.tool): \(answer.end): \(answer.message)")
        }
    }

    func testWhatAPackPrintsIsNeverItsAnswerAndIsShownOnlyOnDemand() throws {
        for runtime in ["python", "node"] {
            let bench = try Workbench.mounting([("loud", Workbench.fixture(runtime, "prints"))])
            let quiet = try bench.rig(["call", "loud.go", "--json"])
            XCTAssertEqual(quiet.status, 0, quiet.err)
            XCTAssertEqual(quiet.err, "")
            XCTAssertEqual((try quiet.json()["output"] as? [String: Bool]), ["printed": true])
            let loud = try bench.rig(["call", "loud.go"], environment: ["RIG_LOG": "info"])
            XCTAssertEqual(loud.out, "{\"printed\":true}\n")
            XCTAssertTrue(loud.err.contains("imported"), loud.err)
            XCTAssertTrue(loud.err.contains("forged"), loud.err)
            XCTAssertFalse(loud.err.utf8.contains(0), "control characters reach the terminal")
        }
    }
}
