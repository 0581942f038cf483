package import RIGLinux
package import RIGModel
package import RIGSandbox

/// Why no worker could be made ready.
package struct StartFailure: Error, Sendable {
    package enum Cause: Sendable {
        case sandbox(SandboxError)
        /// The pack itself said why it cannot be loaded.
        case pack(RTPError)
        case ended(WorkerEnd)
        case system(Errno)
        /// Nobody listens at the socket of a runner that someone else supervises.
        case unreachable(path: String, Errno)
    }

    package let cause: Cause
    /// The last line the worker wrote on stderr, where it wrote one.
    package let lastWords: String?

    /// The same for a caller: nothing was sent to the pack, so trying again is safe.
    package var error: RTPError {
        let words = lastWords.map { ": \($0)" } ?? ""
        switch cause {
        case .sandbox(let error):
            return .workerCrashed("could not be confined: \(error.text)", isIdempotent: true)
        case .pack(let error):
            return error
        case .system(let error):
            return .workerCrashed("could not be started: \(error.text)", isIdempotent: true)
        case .unreachable(let path, let error):
            return .workerCrashed("cannot be reached at \(path): \(error.text)", isIdempotent: true)
        case .ended(.late(let milliseconds)):
            return .timeout(
                "the pack was not ready for calls within \(milliseconds) ms\(words)",
                isIdempotent: true)
        case .ended(let end):
            return .workerCrashed("\(end.text) before it was ready\(words)", isIdempotent: true)
        }
    }
}

extension WorkerEnd {
    /// What follows "the worker".
    package var text: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal): "was ended by signal \(signal)"
        case .brokeProtocol(let fault): "was ended because it sent \(fault.rawValue)"
        case .disconnected: "ended its connection"
        case .tookMemory(let bytesMax):
            "was ended because it took more than \(bytesMax >> 20) MiB of memory"
        case .late(let milliseconds): "was ended because it said nothing for \(milliseconds) ms"
        case .stopped: "was stopped"
        }
    }
}
