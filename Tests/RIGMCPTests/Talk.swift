import RIGBytes
import RIGJSON
import RIGLoop
import RIGMCP
import RIGModel
import RIGPipeline
import RIGRegistry
import XCTest

/// A session without a transport: what goes in, and what came out.
@RequestLoop
final class Talk {
    let board = ToolBoard()
    let session: MCPSession
    private(set) var out: [(message: JSONValue, kind: OutgoingKind)] = []
    private let box: Box

    @RequestLoop
    private final class Box {
        var take: ((ByteBuffer, OutgoingKind) -> Void)?
    }

    init(tools: [ListedTool]? = nil) {
        let box = Box()
        self.box = box
        let caller = Caller(tenant: "default", actor: "test", front: .mcp)
        session = MCPSession(
            MCPBridge(board, MCPBridge.Options(version: "0")), Principal(caller),
            unsolicited: { box.take?($0, $1) })
        if let tools { board.show(ToolListing(tools)) }
        box.take = { [unowned self] buffer, kind in
            let message = buffer.isEmpty ? .null : parse(buffer.string(buffer.range))
            out.append((message, kind))
        }
    }

    private func parse(_ text: String) -> JSONValue {
        do {
            return try JSONValue.parse(text)
        } catch {
            XCTFail("\(error): \(text)")
            return .null
        }
    }

    /// Hands in one message; what was sent for it at once.
    @discardableResult
    func say(
        _ text: String, headers: MessageHeaders? = nil
    ) -> [(message: JSONValue, kind: OutgoingKind)] {
        let before = out.count
        let buffer = ByteBuffer(text.utf8)
        session.receive(buffer, buffer.range, headers: headers) { [box] in box.take?($0, $1) }
        return Array(out[before...])
    }

    func code(_ text: String, headers: MessageHeaders? = nil) -> Int64? {
        say(text, headers: headers).first?.message["error"]?["code"]?.int64
    }

    static func tools(_ count: Int) -> [ListedTool] {
        let pack = MountedPack(
            namespace: Namespace("demo")!, name: "rig-pack-demo", version: "1", source: .path,
            digest: SHA256.digest([]))
        return (0..<count).map { number in
            let definition = ToolDefinition(
                name: ToolName("t\(1000 + number)")!, description: "d", risk: .read,
                inputSchema: ["type": "object"])
            return ListedTool(definition, of: pack, isEnabled: true)
        }
    }
}

/// Runs `body` on the loop and waits for it.
func onLoop(_ body: @escaping @RequestLoop () async -> Void) async {
    EventLoop.startOnThread()
    await RequestLoop.start { await body() }.value
}
