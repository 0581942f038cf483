internal import RIGApproval
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGWorker

/// Sends an approved call to a worker and waits for its frame. Retries are here and nowhere else:
/// only a tool that is idempotent, only after its worker ended, and only within the deadline.
@RequestLoop
enum DispatchStage {
    static func dispatch(
        _ call: inout Call, _ approved: borrowing ApprovedCall
    ) async throws(RTPError) -> ReplyFrame {
        let route = approved.route
        let request = call.request
        let milliseconds = min(
            request.deadlineMilliseconds ?? .max, route.timeoutMilliseconds)
        let deadline = call.clock.started &+ UInt64(max(0, milliseconds)) &* 1_000_000
        defer { call.clock.mark(.dispatch) }
        while true {
            let invocation = Invocation(
                tool: route.tool.definition.name, correlationID: request.correlationID,
                tenant: request.caller.tenant, actor: request.caller.actor,
                attempt: call.trail.attempts + 1, buffer: request.buffer,
                args: approved.args.range, deadlineNanoseconds: deadline,
                approvalID: approved.claim?.id, secrets: route.secrets)
            do throws(DispatchFailure) {
                let reply = try await route.pool.invoke(
                    invocation, cancellation: request.cancellation,
                    onProgress: request.onProgress)
                call.trail.attempts += 1
                return reply
            } catch {
                if error.wasSent { call.trail.attempts += 1 }
                guard case .crashed = error, route.tool.definition.isIdempotent,
                    call.trail.attempts < Limits.callAttemptsMax,
                    MonotonicClock.nowNanoseconds() < deadline
                else { throw Refusal.undelivered(error, route, milliseconds) }
            }
        }
    }
}
