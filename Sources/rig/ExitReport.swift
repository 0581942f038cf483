internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGModel
internal import RIGPack
internal import RIGSandbox
internal import RIGStore

/// The one place where an error becomes the words `rig: <what>: <why>`, a hint and an exit status.
enum ExitReport {
    static func failure(of error: any Error, in command: Command) -> Failure {
        switch error {
        case let failure as Failure:
            failure
        case let error as UsageError:
            Failure(
                command.name, error.why,
                hint: error.hint ?? "`rig \(command.name) --help` shows how", code: .usage,
                type: "usage")
        case let errors as ConfigErrors:
            failure(of: errors)
        case let fault as PackFault:
            Failure("pack", fault.why, hint: fault.hint, type: "pack")
        case let fault as InstallationFault:
            Failure(
                "installation", "\(fault.missing) is missing",
                hint: "set RIG_HOME to the folder that holds runners and sandbox-profiles",
                type: "installation")
        case let error as SandboxError:
            Failure("sandbox", error.text, hint: error.hint, type: "sandbox")
        case let error as StoreError:
            Failure("state", "\(error)", hint: nil, type: "state")
        case let error as Errno:
            Failure(command.name, "\(error)", type: "system")
        default:
            Failure(command.name, "\(error)", type: "internal")
        }
    }

    /// Every fault that was found, the first in the form of all errors.
    private static func failure(of errors: ConfigErrors) -> Failure {
        let first = errors.first
        let more = errors.errors.dropFirst().map { "\n     \($0)" }.joined()
        return Failure(
            first.place, "\(first.what): \(first.why)\(more)", hint: first.hint, code: .usage,
            type: "config")
    }

    /// The exit status of an error type is the contract's, whatever command met it.
    static func code(of type: ErrorType) -> ExitCode {
        ExitCode(rawValue: type.exitCode) ?? .failure
    }

    static func print(_ failure: Failure, to console: Console) {
        if console.isJSON {
            var error: JSONObject = [
                "type": .string(failure.type), "what": .string(failure.what),
                "message": .string(failure.why),
            ]
            error["hint"] = failure.hint.map { .string($0) }
            let value: JSONValue = ["ok": false, "error": .object(error)]
            console.out(value.text + "\n")
        }
        console.note("rig: \(Printable.lines(failure.what)): \(Printable.lines(failure.why))\n")
        if let hint = failure.hint { console.note("hint: \(Printable.lines(hint))\n") }
    }
}
