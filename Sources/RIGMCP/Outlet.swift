package import RIGBytes
internal import RIGLoop

/// What a transport has to know of a message that it sends.
package enum OutgoingKind: Sendable, Equatable {
    /// The one answer of the message that came in. Over HTTP the newest revision gives an error its
    /// status; everything else is 200.
    case answer(status: Int)
    /// Nothing will be answered: a cancelled call, on a transport whose exchange has to end.
    case silence
    case notification
    /// RIG asks the client something.
    case request
}

/// Where what RIG says in return for one message goes: on stdio the one pipe, over HTTP the answer
/// of one request. The buffer holds one message on one line and is reused once this returns.
package typealias Outlet = @RequestLoop (ByteBuffer, OutgoingKind) -> Void
