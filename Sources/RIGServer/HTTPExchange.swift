package import RIGBytes
package import RIGHTTP
package import RIGLoop

/// One request and its answer.
///
///     func handle(_ exchange: HTTPExchange) async {
///         exchange.output.append("{}")
///         exchange.respond(200, "application/json") { $0.field("X-A", "b") }
///     }
///
/// Ranges are of `input`, which stays as it is until the exchange has ended: until it was responded
/// to in full and `handle` has returned.
@RequestLoop
package final class HTTPExchange {
    package let head: RequestHead
    package let input: ByteBuffer
    package let peer: HTTPPeer
    /// Whole when `handle` is called.
    package internal(set) var body = ByteRange(offset: 0, count: 0)
    /// For the body of the answer: `respond` sends what stands here. The connection's own, and empty
    /// when `handle` begins.
    package let output: ByteBuffer
    /// What `admit` lets the body have, where that is less than the server's limit.
    package var bodyBytesMax = Int.max
    /// What an `admit` found out and `handle` wants to know.
    package var context: AnyObject?
    /// Called once when the client goes away before the answer is complete: whoever works for it can
    /// stop. Called at once if that has happened already.
    package var onClose: (@RequestLoop () -> Void)? {
        didSet { if isClosed, onClose != nil { reportClose() } }
    }

    /// Called when the server begins to drain: what waits or streams without an end should end.
    package var onDrain: (@RequestLoop () -> Void)?

    /// The client is gone, or sends no more: most who do that have left.
    package private(set) var isClosed = false
    package private(set) var hasResponded = false
    private weak var connection: Connection?

    init(_ connection: Connection, _ head: RequestHead) {
        self.connection = connection
        self.head = head
        input = connection.input
        output = connection.body
        peer = connection.peer
    }

    /// Looks for a field that may stand once; `name` is in lower case.
    package func field(_ name: StaticString) -> HeaderFields.Found {
        head.fields.find(name, in: input)
    }

    /// Answers with what stands in `output`, or with `body`. Once.
    package func respond(
        _ status: Int, _ contentType: StaticString?, body: BytePart? = nil,
        fields: (HeadWriter) -> Void = { _ in }
    ) {
        precondition(!hasResponded, "a request is answered once")
        hasResponded = true
        guard let connection else { return }
        let part = body ?? BytePart(output)
        connection.respond(self, status, contentType, part, fields)
    }

    /// Begins an answer whose parts come over time: server-sent events, a large export. Once, in
    /// place of `respond`; it must be finished.
    package func stream(
        _ status: Int, _ contentType: StaticString, fields: (HeadWriter) -> Void = { _ in }
    ) -> HTTPStream {
        precondition(!hasResponded, "a request is answered once")
        hasResponded = true
        return HTTPStream(
            connection?.beginStream(self, status, contentType, fields))
    }

    /// The connection is no more, or its client sends no more.
    func close() {
        if isClosed { return }
        isClosed = true
        reportClose()
    }

    private func reportClose() {
        let report = onClose
        onClose = nil
        report?()
    }
}
