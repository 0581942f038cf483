internal import RIGBytes
internal import RIGHTTP
internal import RIGLoop
internal import RIGMCP
internal import RIGServer

/// The fronts of one server, by path.
@RequestLoop
final class FrontChoice: HTTPHandler {
    private let mcp: MCPFront
    private let others: any HTTPHandler

    init(mcp: MCPFront, others: any HTTPHandler) {
        self.mcp = mcp
        self.others = others
    }

    private func front(_ exchange: HTTPExchange) -> any HTTPHandler {
        exchange.input.string(exchange.head.target.path) == MCPFront.path ? mcp : others
    }

    func admit(_ exchange: HTTPExchange) {
        front(exchange).admit(exchange)
    }

    func handle(_ exchange: HTTPExchange) async {
        await front(exchange).handle(exchange)
    }
}
