internal import RIGApproval
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGWorker

/// Sends an approved call to a worker and waits for its frame. Retries wrap this step alone
/// (Retry.swift): within the deadline, and within what the pack's budget allows.
@RequestLoop
enum DispatchStage {
    static func dispatch(
        _ call: inout Call, _ approved: borrowing ApprovedCall
    ) async throws(RTPError) -> ReplyFrame {
        let route = approved.route
        let patience = call.patience(route)
        route.health.begins()
        if let refusal = route.health.enter(call, route) { throw refusal }
        var last = await attempt(&call, approved, patience)
        var tries = 1
        while let time = Retry.time(
            after: last, tries: tries, route, deadlineNanoseconds: patience.deadlineNanoseconds),
            route.health.mayRetry()
        {
            let waited = await Patience.pause(until: time, call.request.cancellation)
            call.clock.mark(.queue)
            if !waited { throw .cancelled() }
            // What failed says more than that the pack is now left alone.
            if route.health.enter(call, route) != nil { break }
            last = await attempt(&call, approved, patience)
            tries += 1
        }
        switch last {
        case .answered(let reply): return reply
        case .failed(let failure):
            throw Refusal.undelivered(failure, route, patience.milliseconds)
        }
    }

    private static func attempt(
        _ call: inout Call, _ approved: borrowing ApprovedCall, _ patience: CallPatience
    ) async -> Attempt {
        let route = approved.route
        let request = call.request
        let invocation = Invocation(
            tool: route.tool.definition.name, correlationID: request.correlationID,
            tenant: request.caller.tenant, actor: request.caller.actor,
            attempt: call.trail.attempts + 1, buffer: request.buffer, args: approved.args.range,
            deadlineNanoseconds: patience.deadlineNanoseconds, approvalID: approved.claim?.id,
            idempotencyKey: request.idempotencyKey?.text, traceParent: request.traceParent,
            secrets: route.secrets)
        let began = call.clock.lastNanoseconds
        do throws(DispatchFailure) {
            let reply = try await route.pool.invoke(
                invocation, cancellation: request.cancellation, onProgress: request.onProgress)
            call.trail.attempts += 1
            call.clock.mark(.worker, after: reply.queuedNanoseconds, in: .queue)
            route.health.answered(
                afterNanoseconds: call.clock.lastNanoseconds &- began
                    &- reply.queuedNanoseconds)
            return .answered(reply)
        } catch {
            if error.wasSent { call.trail.attempts += 1 }
            call.clock.mark(error.wasSent ? .worker : .queue)
            route.health.failed(
                error, call, route, sentAt: began, isCutShort: patience.isCutShort)
            return .failed(error)
        }
    }
}

/// How long a call may take.
struct CallPatience {
    let milliseconds: Int
    let deadlineNanoseconds: UInt64
    /// By the caller, to less than the tool may have.
    let isCutShort: Bool
}

extension Call {
    @RequestLoop
    func patience(_ route: Route) -> CallPatience {
        let own = request.deadlineMilliseconds ?? .max
        let milliseconds = max(0, min(own, route.timeoutMilliseconds))
        return CallPatience(
            milliseconds: milliseconds,
            deadlineNanoseconds: clock.started &+ UInt64(milliseconds) &* 1_000_000,
            isCutShort: own < route.timeoutMilliseconds)
    }
}
