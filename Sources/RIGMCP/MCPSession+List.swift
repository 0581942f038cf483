internal import RIGBytes
internal import RIGJSON
internal import RIGLoop

/// `tools/list`, at once when the list is known.
extension MCPSession {
    /// For how long a client may keep a page: changes are told to those who listen.
    private static let listMilliseconds = 5_000

    func list(
        _ id: RPCID, _ message: RPCMessage, _ revision: Revision, _ client: ClientAbilities,
        _ outlet: @escaping Outlet
    ) throws(ProtocolFault) {
        if let wrong = message.params.wrong { throw .invalidParams(wrong) }
        if let listing = bridge.board.listing {
            let page = try listing.view(principal).page(message.params.cursor, revision)
            return answer(id, page, revision, outlet)
        }
        guard let flight = begin(id, message, revision, client, outlet) else { return }
        RequestLoop.start { [self] in
            let listing = await bridge.board.listingWhenKnown()
            end(flight) {
                do throws(ProtocolFault) {
                    let view = listing.view(flight.principal)
                    answer(
                        id, try view.page(message.params.cursor, revision), revision, outlet)
                } catch {
                    bridge.refuse(error, id, isModern: revision.isModern, outlet)
                }
            }
        }
    }

    private func answer(
        _ id: RPCID, _ page: (tools: ByteBuffer, next: String?), _ revision: Revision,
        _ outlet: Outlet
    ) {
        bridge.answer(id, outlet) { writer in
            if revision.isModern { self.bridge.writeComplete(to: &writer) }
            writer.key("tools" as StaticString)
            writer.raw(page.tools, page.tools.range)
            if let next = page.next {
                writer.key("nextCursor" as StaticString)
                writer.string(next)
            }
            guard revision.isModern else { return }
            Self.writeCaching(milliseconds: Self.listMilliseconds, to: &writer)
            self.bridge.writeServerMeta(to: &writer)
        }
    }
}
