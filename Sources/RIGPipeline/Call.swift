package import RIGAudit
package import RIGBytes
package import RIGModel
internal import RIGIdempotency
internal import RIGPolicy
package import RIGWorker

/// Who calls and through which front: read by policy, sent to the pack, written to the audit.
package struct Caller: Sendable {
    package let tenant: CallerName
    package let actor: CallerName
    package let front: AuditRow.Front

    package init(tenant: CallerName, actor: CallerName, front: AuditRow.Front) {
        self.tenant = tenant
        self.actor = actor
        self.front = front
    }
}

/// What a front has read: the first form of a call.
package struct CallRequest {
    package let tool: String
    package let caller: Caller
    package let correlationID: CorrelationID
    /// Where the arguments stand. The buffer belongs to the call until it is answered.
    package let buffer: ByteBuffer
    package let args: ByteRange
    /// What the caller was given when a person had to approve first; names that approval.
    package let approvalToken: String?
    /// The caller's name for what it wants done once. A front does not cancel such a call because
    /// its caller has gone: who sends it again finds how it ended.
    package let idempotencyKey: IdempotencyKey?
    /// A deadline of the caller's own, in milliseconds from now; the tool's limit caps it.
    package let deadlineMilliseconds: Int?
    package let cancellation: Cancellation
    package let traceParent: TraceParent?
    /// Told of the worker's progress messages.
    package let onProgress: ((Progress) -> Void)?

    package init(
        tool: String, caller: Caller, correlationID: CorrelationID, buffer: ByteBuffer,
        args: ByteRange, approvalToken: String? = nil,
        idempotencyKey: IdempotencyKey? = nil, deadlineMilliseconds: Int? = nil,
        traceParent: TraceParent? = nil, cancellation: Cancellation,
        onProgress: ((Progress) -> Void)? = nil
    ) {
        self.tool = tool
        self.caller = caller
        self.correlationID = correlationID
        self.buffer = buffer
        self.args = args
        self.approvalToken = approvalToken
        self.idempotencyKey = idempotencyKey
        self.deadlineMilliseconds = deadlineMilliseconds
        self.traceParent = traceParent
        self.cancellation = cancellation
        self.onProgress = onProgress
    }
}

/// A call that has begun: it holds the snapshot it will end on.
struct Call {
    let id: CallID
    let request: CallRequest
    let snapshot: LiveSnapshot
    var clock = StageClock()
    var trail = Trail()
}

/// What the record will say of a call, noted by the stages as they learn it.
struct Trail {
    var route: Route?
    var argsDigest: Digest?
    /// The arguments as the audit keeps them; "" when it keeps the digest at most.
    var redactedArgs = ""
    var decision: Decision?
    /// The approval that is asked for or used.
    var approvalID: String?
    /// Whether the approval of that name was used up by this call.
    var isApproved = false
    var attempts = 0
    /// Held by a call that was the first with its idempotency key.
    var key: KeyFlight?
    /// The call whose answer this one repeats.
    var replayed: KeyedMeta?
}

/// How a call ended, as its front gets it: only the record stage makes one.
package struct Answer {
    package enum Result {
        /// The checked output, where it stands in the worker's frame.
        case output(ByteBuffer, ByteRange)
        case failure(RTPError)
    }

    package let result: Result
    package let meta: ResultMeta

    /// For `RecordStage` alone, which has put the outcome on record.
    init(recorded result: Result, _ meta: ResultMeta) {
        self.result = result
        self.meta = meta
    }

    /// Appends the RTP result.
    package func write(to buffer: ByteBuffer) {
        switch result {
        case .output(let output, let range):
            ToolResult.appendSuccess(output: output, range, meta: meta, to: buffer)
        case .failure(let error):
            ToolResult.appendFailure(error, meta: meta, to: buffer)
        }
    }
}
