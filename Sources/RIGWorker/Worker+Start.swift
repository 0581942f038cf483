internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGSandbox

/// Making workers: the process on the control plane, the first frames on the loop.
extension Worker {
    /// A worker that is ready for calls.
    static func start(_ plan: WorkerPlan) async -> Result<Worker, StartFailure> {
        let launched = await launch(plan)
        let worker: Worker
        switch consume launched {
        case .success(let process):
            worker = Worker(plan, process.process, workDirectory: process.workDirectory)
        case .failure(let error):
            return .failure(StartFailure(cause: .sandbox(error), lastWords: nil))
        }
        do throws(Errno) {
            try worker.open()
        } catch {
            worker.kill(.stopped)
            return .failure(StartFailure(cause: .ended(.stopped), lastWords: nil))
        }
        let answer = await worker.ask(
            { Self.writeHello(plan, to: &$0) },
            withinMilliseconds: Limits.workerReadyMilliseconds)
        switch answer {
        case .ready(.pack):
            worker.serve()
            return .success(worker)
        case .ready(.failed(let error)):
            worker.kill(.stopped)
            return .failure(StartFailure(cause: .pack(error), lastWords: worker.lastWords))
        case nil:
            return .failure(worker.startFailure(Limits.workerReadyMilliseconds))
        default:
            worker.kill(.brokeProtocol(.unexpectedMessage))
            return .failure(
                StartFailure(
                    cause: .ended(.brokeProtocol(.unexpectedMessage)), lastWords: worker.lastWords))
        }
    }

    /// Why an answer did not come: the end, when there was one, or the time.
    func startFailure(_ milliseconds: Int) -> StartFailure {
        StartFailure(
            cause: end.map { .ended($0) } ?? .timeout(milliseconds: milliseconds),
            lastWords: lastWords)
    }
}
