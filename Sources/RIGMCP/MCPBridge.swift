internal import RIGBytes
internal import RIGJSON
package import RIGLoop
package import RIGModel

/// The registry as an MCP server, whatever the transport: shared by all sessions.
///
///     transport ──bytes──► MCPSession ──CallRequest──► Gateway.perform
///         ▲                    │
///         └─────── Outlet ─────┘
///
/// The bridge decides nothing: who may call what, and whether a person is asked, is the gateway's.
@RequestLoop
package final class MCPBridge {
    package struct Options: Sendable {
        /// Of the program.
        package var version: String
        /// Longer messages are refused unread.
        package var messageBytesMax = 8 << 20
        /// Risks for which the operator lets the host's own user approve, in the host's form.
        /// Asked each time, since rig.yaml may have changed.
        package var formRisks: @RequestLoop @Sendable () -> Set<Risk> = { [] }
        /// What a person adds to a command that approves, to reach this RIG folder from anywhere.
        package var approveSuffix = ""
        /// The address of the page on which a person approves, without the approval's id.
        package var approvalPage: String?

        package init(version: String) {
            self.version = version
        }
    }

    package let options: Options
    package let board: ToolBoard
    /// Seals what a client is given to bring back.
    let seal = RequestSeal()
    /// Lent to one message at a time: reading one does not wait.
    var scanner = Scanner(capacityBytes: 16 << 10)
    var checker = Checker()
    /// One outgoing message; empty between two.
    private let out = ByteBuffer(capacity: 16 << 10)
    /// A larger one is given back.
    private static let idleBytesMax = 1 << 20

    package init(_ board: ToolBoard, _ options: Options) {
        self.board = board
        self.options = options
    }

    package static let instructions = """
        Tools of RIG, a gateway that checks, governs and records every call. A result that says \
        approval_required means that nothing was done: tell the user what it says, and repeat the \
        same call with the same arguments once a person has approved it.
        """

    /// Writes one message and hands it to `outlet`.
    func send(_ kind: OutgoingKind, _ outlet: Outlet, _ body: (ByteBuffer) -> Void) {
        precondition(out.isEmpty, "a message is written and sent before the next one")
        out.append("{\"jsonrpc\":\"2.0\"," as StaticString)
        body(out)
        out.append(UInt8(ascii: "}"))
        outlet(out, kind)
        out.removeAll()
        if out.capacity > Self.idleBytesMax { out.shrinkIfEmpty(to: 16 << 10) }
    }

    /// Answers a request.
    func answer(_ id: RPCID, _ outlet: Outlet, _ result: (inout JSONWriter) -> Void) {
        send(.answer(status: 200), outlet) { buffer in
            Self.writeID(id, to: buffer)
            buffer.append(",\"result\":" as StaticString)
            var writer = JSONWriter(buffer)
            writer.beginObject()
            result(&writer)
            writer.endObject()
        }
    }

    /// Answers with an error; without an id when none could be read.
    func refuse(_ fault: ProtocolFault, _ id: RPCID?, isModern: Bool, _ outlet: Outlet) {
        send(.answer(status: isModern || id == nil ? fault.status : 200), outlet) { buffer in
            if let id {
                Self.writeID(id, to: buffer)
                buffer.append(UInt8(ascii: ","))
            }
            buffer.append("\"error\":" as StaticString)
            var writer = JSONWriter(buffer)
            writer.beginObject()
            writer.key("code" as StaticString)
            writer.int(fault.code)
            writer.key("message" as StaticString)
            writer.string(fault.message)
            if let data = fault.data {
                writer.key("data" as StaticString)
                writer.value(data)
            }
            writer.endObject()
        }
    }

    /// Sends a notification, or with an id a request of our own.
    func tell(
        _ method: StaticString, to outlet: Outlet, as kind: OutgoingKind = .notification,
        id: RPCID? = nil, _ params: (inout JSONWriter) -> Void
    ) {
        send(kind, outlet) { buffer in
            if let id {
                Self.writeID(id, to: buffer)
                buffer.append(UInt8(ascii: ","))
            }
            buffer.append("\"method\":\"" as StaticString)
            buffer.append(method)
            buffer.append(UInt8(ascii: "\""))
            buffer.append(",\"params\":" as StaticString)
            var writer = JSONWriter(buffer)
            writer.beginObject()
            params(&writer)
            writer.endObject()
        }
    }

    private static func writeID(_ id: RPCID, to buffer: ByteBuffer) {
        buffer.append("\"id\":" as StaticString)
        buffer.append(id.literal)
    }

    /// `{"name":"rig",…}` as much as a revision knows of it.
    func writeServer(_ revision: Revision, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name" as StaticString)
        writer.string("rig")
        if revision.hasStructuredContent, !revision.isModern {
            writer.key("title" as StaticString)
            writer.string("RIG")
        }
        writer.key("version" as StaticString)
        writer.string(options.version)
        writer.endObject()
    }

    /// What the newest revision wants on every result.
    func writeComplete(to writer: inout JSONWriter) {
        writer.key("resultType" as StaticString)
        writer.string("complete")
    }

    /// The member `_meta` with the server's name.
    func writeServerMeta(to writer: inout JSONWriter) {
        writer.key("_meta" as StaticString)
        writer.beginObject()
        writeServerInfo(to: &writer)
        writer.endObject()
    }

    func writeServerInfo(to writer: inout JSONWriter) {
        writer.key("io.modelcontextprotocol/serverInfo" as StaticString)
        writeServer(.of2026July, to: &writer)
    }
}
