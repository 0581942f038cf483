internal import RIGBytes
internal import RIGHTTP
internal import RIGLoop
internal import RIGModel
internal import RIGServer

/// A request that was admitted: for what, by whom, and under which correlation id.
@RequestLoop
final class RGPRequest {
    let route: RGPRoute
    /// nil only where nobody has to be known.
    let identity: Identity?
    let correlationID: CorrelationID
    let exchange: HTTPExchange

    init(
        _ exchange: HTTPExchange, _ route: RGPRoute, _ identity: Identity?,
        _ correlationID: CorrelationID
    ) {
        self.exchange = exchange
        self.route = route
        self.identity = identity
        self.correlationID = correlationID
    }

    var query: String? {
        exchange.head.target.query.map { exchange.input.string($0) }
    }

    /// A field's value as text; nil when it is not there.
    func text(_ name: StaticString, _ shown: String) throws(RTPError) -> String? {
        switch exchange.field(name) {
        case .none: return nil
        case .repeated: throw .invalidRequest("\(shown) is repeated")
        case .one(let range): return exchange.input.string(range)
        }
    }

    /// A tenant or an actor.
    func name(_ field: StaticString, _ shown: String) throws(RTPError) -> CallerName? {
        guard let text = try text(field, shown) else { return nil }
        guard let name = CallerName(given: text) else {
            throw .invalidRequest("\(shown) is not \(CallerName.rule)")
        }
        return name
    }

    /// A repeated or malformed one is ignored, as the specification wants.
    func traceParent() -> TraceParent? {
        guard case .one(let range) = exchange.field("traceparent") else { return nil }
        return TraceParent(given: exchange.input.string(range))
    }

    func idempotencyKey() throws(RTPError) -> IdempotencyKey? {
        guard let text = try text("idempotency-key", "Idempotency-Key") else { return nil }
        guard let key = IdempotencyKey(header: text) else {
            throw .invalidRequest("Idempotency-Key is no idempotency key")
        }
        return key
    }

    /// Whether the client prefers `type` among what it accepts: named, and not refused.
    func accepts(_ type: String) throws(RTPError) -> Bool {
        guard let text = try text("accept", "Accept") else { return false }
        return text.lowercased().split(separator: ",").contains { part in
            part.prefix { $0 != ";" }.filter { $0 != " " } == type
        }
    }

    /// What is sent to be read as JSON says that it is: a page's form cannot.
    func requireJSON() throws(RTPError) {
        let type = try text("content-type", "Content-Type") ?? ""
        let plain = type.lowercased().prefix { $0 != ";" }.filter { $0 != " " }
        guard plain == "application/json" else {
            throw .invalidRequest("the Content-Type is not application/json")
        }
    }
}
