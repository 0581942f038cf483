internal import RIGLinux
internal import RIGLoop
internal import RIGSandbox
internal import RIGWorker

/// Another pack's worker, alive beside the one that tries to escape, with something to find.
struct Sibling: ~Copyable {
    private let process: JailedProcess
    private let workDirectory: String?

    static func start(
        _ plan: WorkerPlan, _ runtime: Interpreter.Runtime
    ) async throws(TrialFault) -> Sibling {
        var idle = plan
        let program =
            switch runtime {
            case .python:
                ["-c", "import time; open('secret', 'w').write('mine'); time.sleep(3600)"]
            case .node:
                [
                    "-e",
                    "require('fs').writeFileSync('secret', 'mine'); setInterval(() => {}, 1e9)",
                ]
            }
        idle.jail.arguments = plan.jail.arguments.dropLast() + program
        idle.jail.environment = ["RIG_SECRET_OF_SIBLING": "mine"]
        do throws(SandboxError) {
            let launch = try await WorkerLaunch.launch(idle)
            return Sibling(process: launch.take(), workDirectory: launch.hostWorkDirectory)
        } catch {
            throw .sandbox(error)
        }
    }

    /// Where the probes find it.
    var environment: [String: String] {
        var named = ["RIG_SIBLING_PID": String(process.workerPid)]
        named["RIG_SIBLING_WORK"] = workDirectory
        return named
    }

    /// Blocks for the moment that a kill takes.
    consuming func end() throws(TrialFault) {
        do throws(SandboxError) {
            try process.kill()
            _ = try process.wait(timeoutMilliseconds: 10_000)
            if let workDirectory { try WorkDirectory.discard(workDirectory) }
        } catch {
            throw .sandbox(error)
        }
    }
}
