internal import RIGLoop
internal import RIGModel

/// The life of a call, top to bottom (docs/life-of-a-request.md).
///
/// In: what a front read. Out: the answer, once its outcome is on record. Whatever a stage throws
/// becomes the outcome, so there is one way out and every call takes it.
extension Gateway {
    @RequestLoop
    package func perform(_ request: CallRequest) async -> Answer {
        var call = begin(request)
        let result: Answer.Result
        do throws(RTPError) {
            let route = try RouteStage.route(&call)
            let args = try ValidateStage.check(&call, route, &scanner)
            let permit = try PermitStage.permit(&call, route, args)
            try await RecordStage.intent(&call, permit, audit)
            let reply = try await DispatchStage.dispatch(&call, permit)
            let output = try OutputStage.check(&call, route, reply, &scanner)
            result = .output(output.buffer, output.range)
        } catch {
            result = .failure(error)
        }
        return await RecordStage.outcome(&call, result, audit, times)
    }
}
