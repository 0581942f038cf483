package import RIGJSON
package import RIGLoop
internal import RIGModel

/// What a pack says of itself, and the worker that said it.
@RequestLoop
package final class PackDescription {
    /// As the pack gave it; not checked yet.
    package struct Said: Equatable, Sendable {
        package let metadata: JSONValue
        package let tools: [JSONValue]

        package init(metadata: JSONValue, tools: [JSONValue]) {
            self.metadata = metadata
            self.tools = tools
        }
    }

    package let said: Said
    let worker: Worker

    private init(_ said: Said, _ worker: Worker) {
        self.said = said
        self.worker = worker
    }

    /// Starts a worker by `plan`, whose grants must be none, and asks it. The worker lives on until
    /// a pool adopts it or `dismiss` is called.
    /// - Parameter patienceMilliseconds: How long all of it may take; nil: as long as a pack may.
    package static func ask(
        _ plan: WorkerPlan, patienceMilliseconds: Int? = nil
    ) async throws(StartFailure) -> PackDescription {
        let patience = Patience(milliseconds: patienceMilliseconds)
        let worker = try await start(plan, patience).get()
        let answer = try await worker.describe(patience).get()
        return PackDescription(Said(metadata: answer.metadata, tools: answer.tools), worker)
    }

    /// A runner that someone else supervises may come up a little later than the sidecar.
    private static func start(
        _ plan: WorkerPlan, _ patience: Patience
    ) async -> Result<Worker, StartFailure> {
        var backoff = Backoff()
        let mayTake = Patience(
            milliseconds: patience.milliseconds ?? Limits.workerReadyMilliseconds)
        while true {
            let result = await Worker.start(plan, prepares: false, patience)
            guard case .failure(let failure) = result, case .unreachable = failure.cause else {
                return result
            }
            backoff.fail()
            let left = UInt64(mayTake.left(of: .max)) * 1_000_000
            guard backoff.delayNanoseconds < left else { return result }
            await EventLoop.shared.sleep(nanoseconds: backoff.delayNanoseconds)
        }
    }

    /// Ends the worker; for a description that nobody adopts.
    package func dismiss() {
        worker.kill(.stopped)
    }
}
