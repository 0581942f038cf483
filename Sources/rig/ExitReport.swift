internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGModel
internal import RIGPack
internal import RIGSandbox
internal import RIGServer
internal import RIGStore

extension TokenFault {
    fileprivate var words: String {
        switch reason {
        case .system(let error): "\(error)"
        case .exposed: "others can read it, or it belongs to somebody else"
        case .malformed: "it holds no token"
        }
    }
}

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
            failure(of: error)
        case let fault as TokenFault:
            Failure(
                fault.path, fault.words, hint: "rig token rotate makes a new one", type: "token")
        case let error as Errno:
            Failure(command.name, "\(error)", type: "system")
        default:
            Failure(command.name, "\(error)", type: "internal")
        }
    }

    private static func failure(of error: StoreError) -> Failure {
        let old = "move .rig/state.db and .rig/state.db-runs away to start a new record"
        let (why, hint): (String, String?) =
            switch error {
            case .sqlite(let error) where error.isFull: ("the disk is full", "free some space")
            case .sqlite(let error) where error.isDamaged:
                ("it is damaged or no database (\(error.name))", old)
            case .sqlite(let error):
                ("it cannot be used: \(error.name) (\(error.extended))", nil)
            case .system(let error): (error.text, nil)
            case .foreign: ("it is another program's database", old)
            case .newerSchema(let found, let known):
                ("it is of a newer RIG: version \(found), known is \(known)", "update rig")
            case .olderSchema(let found, let known):
                ("it is of an older RIG: version \(found), known is \(known)", "rig list")
            case .noWAL: ("its file system has no shared memory", "put .rig on a local disk")
            case .runIsLocked(let run):
                ("run \(run) is locked by another process", "put .rig on a local disk")
            case .unusableKey(let path):
                ("the file of its key holds something else: \(path)", nil)
            }
        return Failure(".rig/state.db", why, hint: hint, type: "state")
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
