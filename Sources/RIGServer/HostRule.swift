internal import RIGBytes
package import RIGConfig
internal import RIGHTTP
internal import RIGLoop

/// Which names of this server a request may call it by, and which pages may send one. A web page can
/// reach a loopback port by a name of its own (DNS rebinding) and can send requests in its visitor's
/// name; neither has the right Host, or a right Origin.
package struct HostRule: Sendable {
    /// nil takes every host: a server that others reach, by names that it cannot know.
    private let port: UInt16?
    private let names: Set<String>

    /// - Parameter port: What the kernel chose where `listen` says 0.
    package init(listen: ListenAddress?, port: UInt16?) {
        let isOpen = listen.map { !$0.isLoopback } ?? false
        self.port = isOpen ? nil : port
        names = ["localhost", "127.0.0.1", "[::1]", listen?.host ?? "localhost"]
    }

    /// What comes over the Unix socket comes from no browser, so any well-formed host will do.
    @RequestLoop
    func refusal(_ exchange: HTTPExchange) -> StaticString? {
        if exchange.peer == .tcp, !isOwn(exchange.head.host, exchange) {
            return "the Host field names another server"
        }
        switch exchange.field("origin") {
        case .none: break
        case .repeated: return "the Origin field is repeated"
        case .one(let value):
            if !isOwn(origin: value, exchange) { return "pages of other origins are not served" }
        }
        switch exchange.field("sec-fetch-site") {
        case .none: return nil
        case .repeated: return "the Sec-Fetch-Site field is repeated"
        case .one(let value):
            let input = exchange.input
            let bytes = input.bytes
            let isOwnPage =
                bytes.equalsIgnoringCase(value, "same-origin")
                || bytes.equalsIgnoringCase(value, "none")
            return isOwnPage ? nil : "pages of other sites are not served"
        }
    }

    @RequestLoop
    private func isOwn(_ host: Authority?, _ exchange: HTTPExchange) -> Bool {
        guard let port else { return true }
        // Only HTTP/1.0 has none, and no browser speaks it.
        guard let host else { return true }
        return (host.port ?? 80) == port
            && names.contains(exchange.input.string(host.host).lowercased())
    }

    /// `http://` and the host the request was sent to.
    @RequestLoop
    private func isOwn(origin: ByteRange, _ exchange: HTTPExchange) -> Bool {
        let input = exchange.input
        let scheme = "http://".utf8.count
        guard origin.count > scheme,
            input.bytes.equalsIgnoringCase(
                ByteRange(offset: origin.offset, count: scheme), "http://"),
            let authority = Authority(
                exchange.input,
                ByteRange(offset: origin.offset + scheme, count: origin.count - scheme)),
            let host = exchange.head.host
        else { return isOwnSecure(origin, exchange) }
        return isOwn(authority, exchange)
            && input.bytes.equalsIgnoringCase(authority.host, host.host)
            && (authority.port ?? 80) == (host.port ?? 80)
    }

    /// Behind a terminator the page's scheme is `https` and its host is the one that was asked for.
    @RequestLoop
    private func isOwnSecure(_ origin: ByteRange, _ exchange: HTTPExchange) -> Bool {
        let input = exchange.input
        let scheme = "https://".utf8.count
        guard port == nil, origin.count > scheme,
            input.bytes.equalsIgnoringCase(
                ByteRange(offset: origin.offset, count: scheme), "https://"),
            let authority = Authority(
                exchange.input,
                ByteRange(offset: origin.offset + scheme, count: origin.count - scheme)),
            let host = exchange.head.host
        else { return false }
        return input.bytes.equalsIgnoringCase(authority.host, host.host)
    }
}
