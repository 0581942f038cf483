internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGSandbox

/// Making workers: the process on the control plane, the first frames on the loop.
extension Worker {
    /// A worker that is ready for calls, once `serve` is said. After a failure nothing is left of
    /// it, neither process nor work directory.
    /// - Parameters:
    ///   - prepares: For one that will get calls before it is asked what it has.
    ///   - patience: How long its starter waits, if less than a pack may take.
    ///   - onMade: Called when there is a process, long before the pack is loaded.
    static func start(
        _ plan: WorkerPlan, prepares: Bool, _ patience: Patience = Patience(milliseconds: nil),
        onMade: (Worker) -> Void = { _ in }
    ) async -> Result<Worker, StartFailure> {
        let worker: Worker
        do throws(StartFailure) {
            worker = Worker(plan, try await body(of: plan))
        } catch {
            return .failure(error)
        }
        do throws(Errno) {
            try worker.open()
        } catch {
            worker.kill(.stopped)
            return .failure(StartFailure(cause: .system(error), lastWords: nil))
        }
        onMade(worker)
        let answer = await worker.greet(prepares: prepares, patience)
        if case .ready(.pack(_, let version)) = answer {
            guard let known = plan.packVersion, plan.isElsewhere, version != known else {
                return .success(worker)
            }
            return .failure(
                await worker.refusal(.ready(.failed(Self.other(version, known))), patience))
        }
        return .failure(await worker.refusal(answer, patience))
    }

    private static func body(of plan: WorkerPlan) async throws(StartFailure) -> any WorkerBody {
        switch plan.host {
        case .jail:
            do throws(SandboxError) {
                return WorkerProcess(try await WorkerLaunch.launch(plan))
            } catch {
                throw StartFailure(cause: .sandbox(error), lastWords: nil)
            }
        case .socket(let path):
            do throws(Errno) {
                return try WorkerConnection(path)
            } catch {
                throw StartFailure(cause: .unreachable(path: path, error), lastWords: nil)
            }
        }
    }

    private static func other(_ version: String, _ known: String) -> RTPError {
        .toolError(
            "the runner came back with version \(version) of the pack, and \(known) is mounted",
            code: RTPError.notMountedCode)
    }

    /// Asks the pack what it has; for a worker that does not serve yet.
    func describe(
        _ patience: Patience
    ) async -> Result<(metadata: JSONValue, tools: [JSONValue]), StartFailure> {
        let answer = await ask(
            { SidecarMessage.writeType("describe", to: &$0) },
            withinMilliseconds: patience.left(of: Limits.workerDescribeMilliseconds))
        if case .tools(let metadata, let tools) = answer { return .success((metadata, tools)) }
        return .failure(await refusal(answer, patience))
    }

    /// Why the answer was not the one that was asked for; the worker is ended.
    private func refusal(
        _ answer: WorkerMessage?, _ patience: Patience
    ) async -> StartFailure {
        let cause: StartFailure.Cause
        switch answer {
        case .ready(.failed(let error)), .toolsFailed(let error): cause = .pack(error)
        case nil:
            // Of the whole wait, and not of the rest that was left for this answer.
            if case .late = end, let all = patience.milliseconds {
                cause = .ended(.late(milliseconds: all))
            } else {
                cause = .ended(end ?? .stopped)
            }
        default: cause = .ended(.brokeProtocol(.unexpectedMessage))
        }
        kill(.stopped)
        await gone()
        return StartFailure(cause: cause, lastWords: lastWords)
    }
}
