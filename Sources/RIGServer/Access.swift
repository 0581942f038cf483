internal import RIGBytes
internal import RIGConfig
internal import RIGHTTP
internal import RIGLinux
package import RIGLoop
package import RIGModel

/// Who may come in: what every front asks before it looks at a request. One for all fronts of a
/// server.
@RequestLoop
package final class Access {
    /// Replaced when a token is rotated.
    package var tokens: TokenTable
    package let hosts: HostRule

    package init(_ tokens: TokenTable, _ hosts: HostRule) {
        self.tokens = tokens
        self.hosts = hosts
    }

    /// Refuses what a web page could send in somebody's name; for everything, also what needs no
    /// token.
    package func checkOrigin(_ exchange: HTTPExchange) throws(RTPError) {
        if let why = hosts.refusal(exchange) { throw .foreignOrigin(why) }
    }

    /// The bearer of the request's token.
    package func identity(_ exchange: HTTPExchange) throws(RTPError) -> Identity {
        let value: ByteRange
        switch exchange.field("authorization") {
        case .none: throw .unauthenticated()
        case .repeated: throw .invalidRequest("the Authorization field is repeated")
        case .one(let range): value = range
        }
        let input = exchange.input
        let bytes = input.bytes
        let scheme = ByteRange(offset: value.offset, count: min(7, value.count))
        guard bytes.equalsIgnoringCase(scheme, "bearer ") else {
            throw .unauthenticated("the Authorization field has no bearer token")
        }
        let token = ByteRange(offset: value.offset + 7, count: value.count - 7)
        guard let identity = tokens.identity(of: exchange.input, token) else {
            throw .unauthenticated("the token is not known")
        }
        // Over the Unix socket an operator is this very user, whatever token somebody got hold of.
        if case .unix(let userID) = exchange.peer, identity.role == .operator,
            userID != Facts.effectiveUserID(), userID != 0
        {
            throw .forbidden(role: "operator", action: "come from another user")
        }
        return identity
    }

    /// The same, for what only an operator may do; `action` follows "may not".
    package func requireOperator(
        _ exchange: HTTPExchange, to action: String
    ) throws(RTPError) -> Identity {
        let identity = try identity(exchange)
        guard identity.role == .operator else {
            throw .forbidden(role: identity.role.rawValue, action: action)
        }
        return identity
    }
}

extension RTPError {
    fileprivate static func foreignOrigin(_ why: StaticString) -> RTPError {
        .forbidden(role: "page", action: "call: \(why)")
    }
}
