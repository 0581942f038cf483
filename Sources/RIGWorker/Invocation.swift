package import RIGBytes
package import RIGModel

/// One call as a worker gets it.
package struct Invocation {
    package let tool: ToolName
    package let correlationID: CorrelationID
    package let tenant: CallerName
    package let actor: CallerName
    /// Counts from 1.
    package var attempt: Int
    /// Where the checked arguments stand; they are sent from there.
    package let buffer: ByteBuffer
    package let args: ByteRange
    /// When the answer is of no more use, on the monotonic clock.
    package let deadlineNanoseconds: UInt64
    /// Of the approval that permits this call.
    package let approvalID: String?
    /// The caller's, for packs whose remote API takes one.
    package let idempotencyKey: String?
    package let traceParent: TraceParent?
    /// `ctx.secrets` as JSON; nil when the tool gets none.
    package let secrets: [UInt8]?

    package init(
        tool: ToolName, correlationID: CorrelationID, tenant: CallerName, actor: CallerName,
        attempt: Int,
        buffer: ByteBuffer, args: ByteRange, deadlineNanoseconds: UInt64,
        approvalID: String? = nil, idempotencyKey: String? = nil,
        traceParent: TraceParent? = nil, secrets: [UInt8]? = nil
    ) {
        self.tool = tool
        self.correlationID = correlationID
        self.tenant = tenant
        self.actor = actor
        self.attempt = attempt
        self.buffer = buffer
        self.args = args
        self.deadlineNanoseconds = deadlineNanoseconds
        self.approvalID = approvalID
        self.idempotencyKey = idempotencyKey
        self.traceParent = traceParent
        self.secrets = secrets
    }
}

/// The frame a worker answered with: only its id has been looked at.
///
// SAFETY: the buffer was made for the frame; the worker that hands it over keeps no reference.
package struct ReplyFrame: @unchecked Sendable {
    package let buffer: ByteBuffer
    package let text: ByteRange
    /// How long the call waited for a worker with room.
    package internal(set) var queuedNanoseconds: UInt64 = 0

    /// The buffer is the frame's own from now on.
    package init(buffer: ByteBuffer, text: ByteRange) {
        self.buffer = buffer
        self.text = text
    }
}

/// Why a call has no reply. `sent` says whether the worker may have begun: without it nothing can
/// have happened in the world.
package enum DispatchFailure: Error, Equatable {
    /// The pool's queue is full.
    case overloaded
    case timeout(sent: Bool)
    case cancelled(sent: Bool)
    /// The worker ended with the call in hand.
    case crashed(WorkerEnd)
    /// No worker could be started, for this reason.
    case unavailable(RTPError)
}

extension DispatchFailure {
    /// Whether a worker may have begun with the call.
    package var wasSent: Bool {
        switch self {
        case .overloaded, .unavailable: false
        case .timeout(let sent), .cancelled(let sent): sent
        case .crashed: true
        }
    }
}

/// How a worker's life ended.
package enum WorkerEnd: Equatable, Sendable {
    case exited(status: Int32)
    case killed(signal: Int32)
    /// RIG killed it, for what it did against the protocol.
    case brokeProtocol(ProtocolFault)
    /// The connection to a runner that someone else supervises ended.
    case disconnected
    /// RIG ended it, for the memory it took.
    case tookMemory(bytesMax: Int)
    /// RIG ended it: an answer that it waited for did not come in time.
    case late(milliseconds: Int)
    /// RIG ended it: recycled, closed, or a call that did not heed its cancellation.
    case stopped
}

/// What a worker may not do (spec/worker-protocol.md); each ends it.
package enum ProtocolFault: String, Equatable, Sendable {
    case oversizedFrame = "a frame over its size limit"
    case malformedFrame = "a frame that is not a message of the protocol"
    case unknownCall = "an answer to a call that it does not hold"
    case unexpectedMessage = "a message out of turn"
}
