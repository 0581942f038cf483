import RIGJSON
import RIGMCP
import XCTest

final class SessionTests: XCTestCase {
    private static let modern =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#

    func testPagesCoverTheListAndCursorsAreOfOneList() async {
        await onLoop {
            let talk = Talk(tools: Talk.tools(450))
            var names: [String] = []
            var cursor: String?
            repeat {
                let params = cursor.map { #","params":{"cursor":"\#($0)"}"# } ?? ""
                let page = talk.say(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"\#(params)}"#)
                let result = page[0].message["result"]
                names += (result?["tools"]?.array ?? []).compactMap { $0["name"]?.string }
                cursor = result?["nextCursor"]?.string
            } while cursor != nil && names.count < 1_000
            XCTAssertEqual(names.count, 450)
            XCTAssertEqual(names, names.sorted())
            let first = talk.say(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
            let old = first[0].message["result"]?["nextCursor"]?.string ?? ""
            talk.board.show(ToolListing(Talk.tools(449)))
            for bad in [old, "", "x", "0", "\(old)0"] {
                XCTAssertEqual(
                    talk.code(
                        #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"\#(bad)"}}"#
                    ), -32602, bad)
            }
        }
    }

    func testHeadersHaveToAgreeWithTheBody() async {
        await onLoop {
            let talk = Talk(tools: Talk.tools(1))
            let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{\#(Self.modern)}}"#
            let call =
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a",\#(Self.modern)}}"#
            let date = "2026-07-28"
            let cases: [(String, MessageHeaders, Int64?)] = [
                (list, MessageHeaders(version: date, method: "tools/list"), nil),
                (list, MessageHeaders(version: nil, method: "tools/list"), -32020),
                (list, MessageHeaders(version: date, method: nil), -32020),
                (list, MessageHeaders(version: date, method: "Tools/List"), -32020),
                (list, MessageHeaders(version: "v999", method: "tools/list"), -32020),
                (call, MessageHeaders(version: date, method: "tools/call", name: "b"), -32020),
                (call, MessageHeaders(version: date, method: "tools/call"), -32020),
                (
                    #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#,
                    MessageHeaders(version: date, method: "tools/list"), -32602
                ),
                (
                    #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{\#(Self.modern)}}"#,
                    MessageHeaders(version: date, method: "initialize"), -32601
                ),
            ]
            for (text, headers, code) in cases {
                XCTAssertEqual(talk.code(text, headers: headers), code, "\(headers)")
            }
        }
    }

    func testErrorsOfTheNewestRevisionHaveTheirStatus() async {
        await onLoop {
            let talk = Talk(tools: [])
            let unknown = #"{"jsonrpc":"2.0","id":1,"method":"x","params":{\#(Self.modern)}}"#
            let headers = MessageHeaders(version: "2026-07-28", method: "x")
            XCTAssertEqual(talk.say(unknown, headers: headers)[0].kind, .answer(status: 404))
            XCTAssertEqual(
                talk.say(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#)[0].kind, .answer(status: 200))
        }
    }

    func testAListThatIsNotKnownYetIsAnsweredLaterAndOnlyOnce() async {
        await onLoop {
            let talk = Talk()
            XCTAssertEqual(talk.say(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).count, 0)
            XCTAssertEqual(talk.say(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).count, 1)
            talk.board.show(ToolListing(Talk.tools(2)))
            while talk.session.isIdle == false { await Task.yield() }
            XCTAssertEqual(talk.out.map { $0.message["id"]?.int64 }, [2, 1])
        }
    }

    func testACancelledRequestIsNotAnswered() async {
        await onLoop {
            let talk = Talk()
            talk.say(#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#)
            talk.say(
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a"}}"#)
            talk.board.show(ToolListing([]))
            while talk.session.isIdle == false { await Task.yield() }
            XCTAssertEqual(talk.out.map(\.kind), [.silence])
        }
    }

    func testAChangeIsToldToWhoShookHandsAndToWhoListens() async {
        await onLoop {
            let talk = Talk(tools: Talk.tools(1))
            talk.say(
                #"{"jsonrpc":"2.0","id":"s","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},\#(Self.modern)}}"#
            )
            XCTAssertEqual(
                talk.out.map { $0.message["method"]?.string },
                ["notifications/subscriptions/acknowledged"])
            talk.say(
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#
            )
            let before = talk.out.count
            talk.board.show(ToolListing(Talk.tools(2)))
            talk.board.show(ToolListing(Talk.tools(2)))
            talk.board.announceNow()
            let told = talk.out[before...]
            XCTAssertEqual(
                told.map { $0.message["method"]?.string },
                ["notifications/tools/list_changed", "notifications/tools/list_changed"])
            let key = "io.modelcontextprotocol/subscriptionId"
            XCTAssertEqual(told.compactMap { $0.message["params"]?["_meta"]?[key]?.string }, ["s"])
            talk.session.close()
            XCTAssertEqual(talk.out.last?.message["id"]?.string, "s")
            let ended = talk.out.count
            talk.board.show(ToolListing(Talk.tools(3)))
            talk.board.announceNow()
            XCTAssertEqual(talk.out.count, ended, "nothing is told to who has gone")
        }
    }

    func testAListThatLooksTheSameIsNoChange() async {
        await onLoop {
            let talk = Talk(tools: Talk.tools(1))
            talk.say(
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#
            )
            let before = talk.out.count
            talk.board.show(ToolListing(Talk.tools(1)))
            talk.board.announceNow()
            XCTAssertEqual(talk.out.count, before)
        }
    }
}
