internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGWorker

/// One request that is being answered: by which rules, where to, and whether anyone still waits.
@RequestLoop
final class Flight {
    let id: RPCID
    let revision: Revision
    let client: ClientAbilities
    let principal: Principal
    let outlet: Outlet
    let cancellation = Cancellation()
    private let progressToken: String?
    private var lastProgress = -Double.infinity
    /// Set when the answer was sent or nobody wants it.
    fileprivate(set) var isOver = false
    /// A request that is never answered by itself.
    var isSubscription = false
    /// What else has to end with the request.
    var onEnd: (() -> Void)?
    let startedNanoseconds = MonotonicClock.nowNanoseconds()

    init(
        _ id: RPCID, _ revision: Revision, _ client: ClientAbilities, _ principal: Principal,
        progressToken: String?, _ outlet: @escaping Outlet
    ) {
        self.id = id
        self.revision = revision
        self.client = client
        self.principal = principal
        self.progressToken = progressToken
        self.outlet = outlet
    }

    var wantsProgress: Bool { progressToken != nil && !isOver }

    /// The client withdrew the request: the work is stopped and nothing is answered.
    func cancel() {
        guard !isOver else { return }
        isOver = true
        cancellation.cancel()
        finish()
    }

    /// Ends the flight.
    /// - Returns: false when nothing may be said any more.
    func land() -> Bool {
        defer { isOver = true }
        finish()
        return !isOver
    }

    private func finish() {
        let action = onEnd
        onEnd = nil
        action?()
    }

    /// Tells of progress, if the client asked for it and there is some.
    func report(_ progress: Progress, _ bridge: MCPBridge) {
        guard let progressToken, !isOver, progress.done.isFinite, progress.done > lastProgress
        else { return }
        lastProgress = progress.done
        bridge.tell("notifications/progress", to: outlet) { writer in
            writer.key("progressToken" as StaticString)
            let token = ByteBuffer(progressToken.utf8)
            writer.raw(token, token.range)
            writer.key("progress" as StaticString)
            writer.double(progress.done)
            if let total = progress.total, total.isFinite {
                writer.key("total" as StaticString)
                writer.double(total)
            }
            if self.revision.hasProgressText, let message = progress.message {
                writer.key("message" as StaticString)
                writer.string(message)
            }
        }
    }

    /// Tells that a person is waited for, in steps too small to hide the tool's own.
    func reportWaiting(_ message: String, _ bridge: MCPBridge) {
        let step = lastProgress.isFinite ? lastProgress + 1e-6 : -1
        report(Progress(done: step, total: nil, message: message), bridge)
    }
}
