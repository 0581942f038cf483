internal import RIGLinux
internal import RIGLoop
package import RIGSandbox
internal import Synchronization

/// A worker's process, made off the loop and on its way to it.
package final class WorkerLaunch: Sendable {
    /// As the worker sees it: never a path to touch on the host, where it may be somebody else's.
    package let workDirectoryInside: String
    /// What to discard when the worker is gone; nil where it was the worker's alone.
    package let hostWorkDirectory: String?
    private let process: Mutex<JailedProcess?>

    private init(_ process: consuming JailedProcess, _ plan: JailPlan) {
        self.process = Mutex(process)
        workDirectoryInside = plan.workDirectory
        hostWorkDirectory = plan.hostWorkDirectory
    }

    /// Builds the jail with a work directory of its own and starts the interpreter in it.
    package static func launch(_ plan: WorkerPlan) async throws(SandboxError) -> WorkerLaunch {
        guard case .jail(let request, let machine, let workFolder) = plan.host else {
            preconditionFailure("a runner elsewhere is not RIG's to start")
        }
        return try await RequestLoop.offload { () throws(SandboxError) in
            try make(request, machine, workFolder)
        }
    }

    private static func make(
        _ request: JailRequest, _ machine: JailMachine, _ workFolder: String
    ) throws(SandboxError) -> WorkerLaunch {
        var request = request
        request.workDirectory = Path.join(workFolder, Random.name())
        let jail = try JailPlan.make(
            request, on: machine.facts, profile: machine.profile, filters: machine.filters)
        if let path = jail.hostWorkDirectory {
            try WorkDirectory.prepare(path, for: jail.identity)
        }
        return WorkerLaunch(try Jail.spawn(jail, launcher: machine.launcher), jail)
    }

    /// Hands the process over, once.
    package func take() -> JailedProcess {
        guard let process = process.withLock({ $0.take() }) else {
            preconditionFailure("a launched process is taken once")
        }
        return process
    }
}
