import RIGBytes
import XCTest

@testable import RIGWorker

/// What a worker may say, and that everything else is refused.
final class WorkerMessageTests: XCTestCase {
    /// The message in one line, so that tables can compare it; nil when it is refused.
    private func read(_ text: String) -> String? {
        // Something before it and behind it, as in a receive buffer.
        let buffer = ByteBuffer(Array("####\(text)####".utf8))
        let range = ByteRange(offset: 4, count: text.utf8.count)
        switch WorkerMessage.read(buffer, range) {
        case nil: return nil
        case .result(let id): return "result \(id)"
        case .ready(.pack(let name, let version)): return "ready \(name) \(version)"
        case .ready(.failed(let error)):
            return "failed \(error.type.rawValue): \(error.message)"
        case .tools(let metadata, let tools): return "tools \(metadata.text) \(tools.count)"
        case .toolsFailed(let error): return "no tools: \(error.message)"
        case .progress(let id, let progress):
            let total = progress.total.map { "\($0)" } ?? "-"
            return "progress \(id) \(progress.done) \(total) \(progress.message ?? "-")"
        case .log(let level, let message): return "log \(level) \(message)"
        }
    }

    func testAResultIsReadTheSameInTheFastAndTheGeneralForm() {
        for id in ["1", "7", "10", "9007199254740991", "999999999999999999"] {
            let fast = #"{"type":"result","id":\#(id),"ok":true,"output":{"a":[1]}}"#
            XCTAssertEqual(read(fast), "result \(id)")
            for general in [
                #" {"type":"result","id":\#(id),"ok":true,"output":{"a":[1]}}"#,
                #"{ "type" : "result" , "id" : \#(id) , "ok":true, "output":{"a":[1]} }"#,
                #"{"type":"result","id":\#(id) ,"ok":true,"output":null}"#,
                #"{"type":"result","ok":false,"id":\#(id),"error":{}}"#,
                #"{"type":"res\u0075lt","id":\#(id),"ok":true,"output":null}"#,
                #"{"type":"result","id":\#(id)}"#,
            ] {
                XCTAssertEqual(read(general), "result \(id)", general)
            }
        }
    }

    func testWhatIsNoIdInOneFormIsNoneInTheOther() {
        for id in ["0", "00", "007", "-1", "1.5", "1e400", #""1""#, "null", "true", "[1]", ""] {
            for text in [
                #"{"type":"result","id":\#(id),"ok":true,"output":null}"#,
                #"{"type": "result","id": \#(id),"ok":true,"output":null}"#,
                #"{"type":"progress","id":\#(id),"done":1}"#,
            ] {
                XCTAssertNil(read(text), text)
            }
        }
    }

    /// What the fast form leaves to the path must at least end in what looks like a result.
    func testEveryPrefixOfAResultIsRefusedUntilItsIdIsKnown() {
        let text = #"{"type":"result","id":12,"ok":true,"output":null}"#
        let known = #"{"type":"result","id":12,"#.count
        for count in 0..<known { XCTAssertNil(read(String(text.prefix(count))), "\(count)") }
        XCTAssertEqual(read(String(text.prefix(known))), "result 12")
    }

    func testEveryMessageOfTheProtocolIsRead() {
        let table: [(String, String)] = [
            (
                #"{"type":"ready","protocol":1,"runtime":{"name":"python","version":"3"},"#
                    + #""pack":{"name":"rig-pack-a","version":"1.0.0"}}"#,
                "ready rig-pack-a 1.0.0"
            ),
            (
                #"{"type":"ready","protocol":1,"error":{"type":"tool_error","message":"no"}}"#,
                "failed tool_error: no"
            ),
            // A runner cannot speak in RIG's name.
            (
                #"{"type":"ready","protocol":1,"error":{"type":"policy_denied","message":"no"}}"#,
                "failed tool_error: no"
            ),
            (#"{"type":"tools","metadata":{"a":1},"tools":[{},{}]}"#, #"tools {"a":1} 2"#),
            (#"{"type":"tools","error":{"type":"tool_error","message":"x"}}"#, "no tools: x"),
            (#"{"type":"progress","id":7,"done":3}"#, "progress 7 3.0 - -"),
            (
                #"{"type":"progress","id":7,"done":0.5,"total":2,"message":"page"}"#,
                "progress 7 0.5 2.0 page"
            ),
            (#"{"type":"log","message":"m"}"#, "log info m"),
            (
                #"{"type":"log","id":1,"level":"error","message":"m","fields":{"a":1}}"#,
                "log error m"
            ),
            // Members that nobody knows yet are passed over.
            (#"{"type":"log","message":"m","later":[{}]}"#, "log info m"),
        ]
        for (text, expected) in table { XCTAssertEqual(read(text), expected, text) }
    }

    func testEverythingElseIsRefused() {
        let table = [
            "", " ", "null", "1", #""result""#, "[]", "{}", "{", "}", "garbage", "\u{FEFF}{}",
            #"{"type":null}"#, #"{"type":7}"#, #"{"type":"Result","id":1}"#, #"{"id":1}"#,
            #"{"type":"hello","protocol":1}"#, #"{"type":"invoke","id":1}"#,
            #"{"type":"result"}"#, #"{"type":"result","ok":true}"#,
            // Twice the same member, half a message, two messages.
            #"{"type":"log","type":"result","id":1,"message":""}"#,
            #"{"type":"result","ok":true,"id":1,"id":2}"#,
            #"{"type":"log","message":"m""#, #"{"type":"log","message":"m"}{}"#,
            #"{"type":"log","message":"\ud800"}"#, #"{"type":"log","message":"a\#u{0}"}"#,
            #"{"type":"log"}"#, #"{"type":"log","message":7}"#,
            #"{"type":"progress","id":7}"#, #"{"type":"progress","done":1}"#,
            #"{"type":"progress","id":7,"done":"3"}"#,
            #"{"type":"ready"}"#, #"{"type":"ready","protocol":1}"#,
            #"{"type":"ready","protocol":2,"pack":{"name":"a","version":"1"}}"#,
            #"{"type":"ready","protocol":"1","pack":{"name":"a","version":"1"}}"#,
            #"{"type":"ready","protocol":1,"pack":{"name":"a"}}"#,
            #"{"type":"ready","protocol":1,"pack":{"name":"a","version":1}}"#,
            #"{"type":"tools"}"#, #"{"type":"tools","metadata":{}}"#,
            #"{"type":"tools","tools":[]}"#,
            #"{"type":"tools","metadata":{},"tools":{}}"#,
        ]
        for text in table { XCTAssertNil(read(text), text) }
    }

    func testBytesThatAreNoTextAreRefused() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], Array(repeating: 0, count: 64)] {
            let buffer = ByteBuffer(bytes)
            XCTAssertNil(WorkerMessage.read(buffer, buffer.range))
            let log = ByteBuffer(
                Array(#"{"type":"log","message":""#.utf8) + bytes + Array(#""}"#.utf8))
            XCTAssertNil(WorkerMessage.read(log, log.range))
        }
    }

    func testAMessageAsDeepAsAStackIsRefused() {
        let nest = String(repeating: "[", count: 100_000)
        XCTAssertNil(read(#"{"type":"log","message":"m","fields":"# + nest))
    }
}
