internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGSandbox

/// Making workers: the process on the control plane, the first frames on the loop.
extension Worker {
    /// A worker that is ready for calls, once `serve` is said. After a failure nothing is left of
    /// it, neither process nor work directory.
    /// - Parameter onMade: Called when there is a process, long before the pack is loaded.
    static func start(
        _ plan: WorkerPlan, onMade: (Worker) -> Void = { _ in }
    ) async -> Result<Worker, StartFailure> {
        let worker: Worker
        do throws(SandboxError) {
            let launch = try await WorkerLaunch.launch(plan)
            worker = Worker(plan, WorkerProcess(launch))
        } catch {
            return .failure(StartFailure(cause: .sandbox(error), lastWords: nil))
        }
        do throws(Errno) {
            try worker.open()
        } catch {
            worker.kill(.stopped)
            return .failure(StartFailure(cause: .system(error), lastWords: nil))
        }
        onMade(worker)
        let answer = await worker.greet()
        if case .ready(.pack) = answer { return .success(worker) }
        return .failure(await worker.refusal(answer))
    }

    /// Asks the pack what it has; for a worker that does not serve yet.
    func describe() async -> Result<(metadata: JSONValue, tools: [JSONValue]), StartFailure> {
        let answer = await ask(
            { SidecarMessage.writeType("describe", to: &$0) },
            withinMilliseconds: Limits.workerDescribeMilliseconds)
        if case .tools(let metadata, let tools) = answer { return .success((metadata, tools)) }
        return .failure(await refusal(answer))
    }

    /// Why the answer was not the one that was asked for; the worker is ended.
    private func refusal(_ answer: WorkerMessage?) async -> StartFailure {
        let cause: StartFailure.Cause
        switch answer {
        case .ready(.failed(let error)), .toolsFailed(let error): cause = .pack(error)
        case nil: cause = .ended(end ?? .stopped)
        default: cause = .ended(.brokeProtocol(.unexpectedMessage))
        }
        kill(.stopped)
        await gone()
        return StartFailure(cause: cause, lastWords: lastWords)
    }
}
