internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
package import RIGSandbox

/// Making workers: the process on the control plane, the first frames on the loop.
extension Worker {
    /// A worker that is ready for calls, once `serve` is said.
    static func start(_ plan: WorkerPlan) async -> Result<Worker, StartFailure> {
        let launched = await WorkerLaunch.launch(plan)
        let worker: Worker
        switch consume launched {
        case .started(let process, let workDirectory):
            worker = Worker(plan, process, workDirectory: workDirectory)
        case .refused(let error):
            return .failure(StartFailure(cause: .sandbox(error), lastWords: nil))
        }
        do throws(Errno) {
            try worker.open()
        } catch {
            worker.kill(.stopped)
            return .failure(StartFailure(cause: .system(error), lastWords: nil))
        }
        let answer = await worker.ask(
            { worker.writeHello(to: &$0) }, withinMilliseconds: Limits.workerReadyMilliseconds)
        if case .ready(.pack) = answer { return .success(worker) }
        return .failure(worker.refusal(answer))
    }

    /// Asks the pack what it has; for a worker that does not serve yet.
    func describe() async -> Result<(metadata: JSONValue, tools: [JSONValue]), StartFailure> {
        let answer = await ask(
            { Self.writeType("describe", to: &$0) },
            withinMilliseconds: Limits.workerDescribeMilliseconds)
        if case .tools(let metadata, let tools) = answer { return .success((metadata, tools)) }
        return .failure(refusal(answer))
    }

    /// Why the answer was not the one that was asked for; the worker is ended.
    private func refusal(_ answer: WorkerMessage?) -> StartFailure {
        let cause: StartFailure.Cause
        switch answer {
        case .ready(.failed(let error)), .toolsFailed(let error): cause = .pack(error)
        case nil: cause = .ended(end ?? .stopped)
        default: cause = .ended(.brokeProtocol(.unexpectedMessage))
        }
        kill(.stopped)
        return StartFailure(cause: cause, lastWords: lastWords)
    }

    /// A message that is only its type.
    static func writeType(_ type: String, to message: inout JSONWriter) {
        message.beginObject()
        message.key("type")
        message.string(type)
        message.endObject()
    }
}

/// Starting a worker's process; blocks, so it runs off the loop.
package enum WorkerLaunch: ~Copyable {
    case started(JailedProcess, workDirectory: String)
    case refused(SandboxError)

    /// Builds the jail with a work directory of its own and starts the interpreter in it.
    @concurrent
    package static func launch(_ plan: WorkerPlan) async -> WorkerLaunch {
        var request = plan.jail
        request.workDirectory = Path.join(plan.workFolder, Random.name())
        do throws(SandboxError) {
            let machine = plan.machine
            let jail = try JailPlan.make(
                request, on: machine.facts, profile: machine.profile, filters: machine.filters)
            try WorkDirectory.prepare(request.workDirectory, for: jail.identity)
            return .started(
                try Jail.spawn(jail, launcher: machine.launcher),
                workDirectory: request.workDirectory)
        } catch {
            return .refused(error)
        }
    }
}
