package import RIGBytes
package import RIGModel
internal import RIGPolicy
package import RIGWorker

/// Who calls and through which front: read by policy, sent to the pack, written to the audit.
package struct Caller: Sendable {
    package let tenant: String
    package let actor: String
    package let front: Front

    package init(tenant: String, actor: String, front: Front) {
        self.tenant = tenant
        self.actor = actor
        self.front = front
    }
}

/// The door a call came through.
package enum Front: String, Sendable {
    case cli, rgp, mcp
}

/// What a front has read: the first form of a call.
package struct CallRequest {
    package let tool: String
    package let caller: Caller
    package let correlationID: CorrelationID
    /// Where the arguments stand. The buffer belongs to the call until it is answered.
    package let buffer: ByteBuffer
    package let args: ByteRange
    /// A deadline of the caller's own, in milliseconds from now; the tool's limit caps it.
    package let deadlineMilliseconds: Int?
    package let cancellation: Cancellation
    /// Told of the worker's progress messages.
    package let onProgress: ((Progress) -> Void)?

    package init(
        tool: String, caller: Caller, correlationID: CorrelationID, buffer: ByteBuffer,
        args: ByteRange, deadlineMilliseconds: Int? = nil, cancellation: Cancellation,
        onProgress: ((Progress) -> Void)? = nil
    ) {
        self.tool = tool
        self.caller = caller
        self.correlationID = correlationID
        self.buffer = buffer
        self.args = args
        self.deadlineMilliseconds = deadlineMilliseconds
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
    var decision: Decision?
    var attempts = 0
    var intentRecorded = false
}

/// How a call ended, as its front gets it: only the record stage can make one.
package struct Answer {
    package enum Result {
        /// The checked output, where it stands in the worker's frame.
        case output(ByteBuffer, ByteRange)
        case failure(RTPError)
    }

    package let result: Result
    package let meta: ResultMeta

    /// Only for `RecordStage`, which calls it once the outcome is on record.
    init(recorded result: Result, meta: ResultMeta) {
        self.result = result
        self.meta = meta
    }
}
