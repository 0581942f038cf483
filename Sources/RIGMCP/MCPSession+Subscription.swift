internal import RIGBytes
internal import RIGJSON
internal import RIGLoop

/// `subscriptions/listen`: a request that stays open and is told of changes.
extension MCPSession {
    func subscribe(
        _ id: RPCID, _ message: RPCMessage, _ buffer: ByteBuffer, _ revision: Revision,
        _ outlet: @escaping Outlet
    ) throws(ProtocolFault) {
        let params = Self.parse(buffer, message.params.range)
        guard let filter = params["notifications"]?.object else {
            throw .invalidParams("notifications must be an object")
        }
        let wantsTools = filter["toolsListChanged"]?.bool == true
        guard let flight = begin(id, message, revision, ClientAbilities(), outlet) else { return }
        flight.isSubscription = true
        bridge.tell("notifications/subscriptions/acknowledged", to: outlet) { writer in
            Self.writeSubscription(id, to: &writer)
            writer.key("notifications" as StaticString)
            writer.value(wantsTools ? ["toolsListChanged": true] : [:])
        }
        guard wantsTools else { return }
        let board = bridge.board
        let listener = board.listen { [bridge] in
            bridge.tell("notifications/tools/list_changed", to: outlet) { writer in
                Self.writeSubscription(id, to: &writer)
            }
        }
        flight.onEnd = { board.ignore(listener) }
    }

    /// The server ends: so does the subscription, in good order.
    func endSubscription(_ flight: Flight) {
        bridge.answer(flight.id, flight.outlet) { writer in
            self.bridge.writeComplete(to: &writer)
            Self.writeSubscription(flight.id, to: &writer)
        }
    }

    private static func writeSubscription(_ id: RPCID, to writer: inout JSONWriter) {
        writer.key("_meta" as StaticString)
        writer.beginObject()
        writer.key("io.modelcontextprotocol/subscriptionId" as StaticString)
        let literal = ByteBuffer(id.literal.utf8)
        writer.raw(literal, literal.range)
        writer.endObject()
    }
}
