/// The limits of the system that are not set by rig.yaml, and the defaults of those that are. Every
/// queue, buffer, depth, retry and wait has its bound here; reaching one is a named `ErrorType`.
package enum Limits {
    // Payloads. A model's arguments are text it wrote itself, so 1 MiB is generous; outputs carry
    // what a tool found. Both can be set for each pack (`max_input`, `max_output`).
    package static let inputBytesDefault = 1 << 20
    package static let outputBytesDefault = 4 << 20
    /// The most that rig.yaml may set for either: a frame must hold it beside its envelope.
    package static let payloadBytesMax = 64 << 20
    /// What an envelope may add around args or output (ids, context, secrets, error text).
    package static let envelopeBytesMax = 64 << 10
    /// Open arrays and objects at any point of a text: bounds the stack of every reader behind us.
    package static let jsonDepthMax = 128

    /// The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
    package static let wholeNumberMax = 1 << 53 - 1

    // Worker frames: a larger announced length is not read, the worker is killed.
    package static let frameBytesMax = payloadBytesMax + envelopeBytesMax
    /// The frame cap that follows from a pack's own payload limits.
    package static func frameBytes(inputBytesMax: Int, outputBytesMax: Int) -> Int {
        min(max(inputBytesMax, outputBytesMax), payloadBytesMax) + envelopeBytesMax
    }
    /// All tool definitions of one pack in one `tools` frame.
    package static let describeBytesMax = 8 << 20
    package static let toolsPerPackMax = 1_024

    // Calls.
    package static let callTimeoutMillisecondsDefault = 30_000
    /// A day: the largest `timeout_ms` a tool may declare, as in tool-definition.schema.json.
    package static let callTimeoutMillisecondsMax = 86_400_000
    /// Attempts of one call, the first included; more would multiply load on what is failing.
    package static let callAttemptsMax = 3
    /// Longest pause before an attempt is repeated; the first may take up to `retryMillisecondsMin`,
    /// each later one up to twice as long.
    package static let retryMillisecondsMin = 50
    package static let retryMillisecondsMax = 2_000
    /// Retries of one pack that may come at once, and how many more each call allows: beyond one in
    /// ten, sending again only multiplies the load on what is failing.
    package static let retriesAtOnceMax = 10.0
    package static let retriesPerCall = 0.1
    /// Failures in a row after which a pack's calls are refused for a while.
    package static let breakerFailuresMax = 5
    /// How long a pack that keeps failing is left alone: doubling from the first to the last.
    package static let breakerMillisecondsMin = 1_000
    package static let breakerMillisecondsMax = 30_000
    /// Calls that wait for a worker of one pack (`queue`); the next is `overloaded`.
    package static let queuedCallsDefault = 64
    /// Calls one worker holds at a time (`concurrency`).
    package static let concurrentCallsDefault = 8
    /// Workers of one pack (`workers`).
    package static let workersMinDefault = 1
    package static let workersMaxDefault = 2
    /// A worker's memory (`memory`).
    package static let workerMemoryBytesDefault = 512 << 20

    // Worker life.
    /// From spawn to `ready`: an SDK's imports may take seconds on a cold disk.
    package static let workerReadyMilliseconds = 20_000
    /// From `describe` to `tools`.
    package static let workerDescribeMilliseconds = 20_000
    /// How long whoever lists the packs waits for one of them.
    package static let packPatienceMilliseconds = 5_000
    /// From `shutdown` or `cancel` to the kill.
    package static let workerGraceMilliseconds = 2_000
    /// Waits between restarts double from the first to the last.
    package static let workerBackoffMillisecondsMin = 100
    package static let workerBackoffMillisecondsMax = 30_000
    /// Calls and time after which a worker is replaced, so that a leak in a pack stays bounded.
    package static let workerCallsMax = 100_000
    package static let workerLifetimeMilliseconds = 6 * 60 * 60 * 1_000
    /// How often a worker's memory is looked at: while it holds calls, and while it does not.
    package static let workerMemoryLookMilliseconds = 250
    package static let workerMemoryIdleLookMilliseconds = 2_000
    /// How often a runner that someone else supervises is asked whether it is there, and for its
    /// answer.
    package static let runnerHealthMilliseconds = 15_000
    package static let runnerAnswerMilliseconds = 5_000
    /// Without a call for so long, a worker above the pack's minimum is ended.
    package static let workerIdleMilliseconds = 60_000

    // What a worker may say beside its answers: beyond it lines are dropped and counted.
    package static let workerLogBytesPerSecond = 64 << 10
    package static let workerLogLineBytesMax = 8 << 10
    /// What a line costs of the rate beside its bytes: empty lines are not free.
    package static let workerLogLineBytesMin = 32
    package static let progressPerSecond = 20

    // Egress. Each of them ends one connection and stands in the audit with its name.
    /// Connections of one worker that are open to the outside at a time.
    package static let egressTunnelsPerWorkerMax = 64
    /// From the name to the connected socket, all addresses together.
    package static let egressConnectMilliseconds = 10_000
    /// From a connection to the proxy to the end of its first request's head.
    package static let egressHeadMilliseconds = 10_000
    /// Without a byte in either direction.
    package static let egressIdleMilliseconds = 5 * 60 * 1_000
    package static let egressTunnelMilliseconds = 60 * 60 * 1_000
    /// Of one connection, both directions together.
    package static let egressTunnelBytesMax = 1 << 30
    /// After so long a name that a worker uses is looked up again.
    package static let egressNameMilliseconds = 5 * 60 * 1_000
    /// Lookups under way at a time, all workers together; each is a thread that waits.
    package static let egressLookupsMax = 16
    /// Connections of one worker in a second: more wait to be accepted, so that each can be audited.
    package static let egressAttemptsPerSecond = 200
    /// A request to which a secret is added is held as a whole.
    package static let egressRequestBodyBytesMax = 16 << 20
    /// A JSON body up to this size is searched for secrets as JSON, a longer one as text.
    package static let egressJSONBytesMax = 1 << 20

    // Approvals and answers.
    package static let approvalTTLMillisecondsDefault = 15 * 60 * 1_000
    /// Approvals that wait for a person or for their call; the next call is `overloaded`.
    package static let approvalsOpenMax = 1_000
    /// Bytes of the arguments' canonical text that are kept for a person to read; of longer ones
    /// the beginning is kept, and the digest covers the whole.
    package static let approvalArgumentsBytesMax = 64 << 10
    /// A person's note on a decision.
    package static let approvalNoteBytesMax = 512
    // Idempotency keys.
    /// How long the end of a call is kept for those who send it again: a day.
    package static let replayMilliseconds: Int64 = 86_400_000
    /// Bytes of an output that are kept; the key of a longer one is kept without it.
    package static let replayBytesMax = 1 << 20
    /// Bytes of all outputs that are kept; beyond it the oldest are dropped, not their keys.
    package static let replayBytesTotalMax: Int64 = 256 << 20
    /// Keys that are kept; a call with one more is `overloaded`.
    package static let replayKeysMax: Int64 = 500_000
    /// Violations reported for one refused call: enough to repair, short enough for a model.
    package static let violationsReportedMax = 32
    /// `details` of a pack's error, in bytes of its compact form; larger ones are left out.
    package static let errorDetailsBytesMax = 64 << 10
}
