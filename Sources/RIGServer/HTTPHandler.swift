package import RIGLoop

/// What a server asks of whoever answers its requests.
@RequestLoop
package protocol HTTPHandler: AnyObject, Sendable {
    /// The head has arrived, its body perhaps not: the place to refuse by a credential, a host or a
    /// path before anything large is read. A refusal is given by `respond`; the body is then
    /// dropped. Must not wait.
    func admit(_ exchange: HTTPExchange)

    /// Head and body are there. Must respond, or begin a stream and finish it; requests behind it
    /// on the same connection wait until that is done.
    func handle(_ exchange: HTTPExchange) async
}

/// Where a connection came in.
package enum HTTPPeer: Equatable, Sendable {
    case tcp
    /// Over the Unix socket, and the user at the other end.
    case unix(userID: UInt32)
}
