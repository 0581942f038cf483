internal import RIGLinux

/// The one place where a sandbox error becomes words, for `rig: <what>: <why>` and its hint.
extension SandboxError {
    package var text: String {
        switch self {
        case .step(let step, let errno, let path):
            let about = path.map { " (\($0))" } ?? ""
            return "sandbox step \(step.rawValue), \(step.what), was refused\(about): \(errno)"
        case .launcherFailed: return "rig-jail ended before the worker ran"
        case .startTimedOut: return "the worker did not start in time"
        case .system(let operation, let errno): return "\(operation.what): \(errno)"
        case .profile(let fault, let rule):
            let place = rule.map { "entry \($0) of syscalls" } ?? "the document"
            return "the sandbox profile is refused: \(place) \(fault.what)"
        case .levelUnavailable(let level, let walls):
            let why = walls.map(\.text).joined(separator: "; ")
            return "this machine cannot enforce sandbox level \(level.name): \(why)"
        case .pathUnavailable(let path):
            return "\(path) cannot be granted: every jail has one of its own"
        case .identityUnavailable(let path):
            let why = path.map { "it could not use \($0)" } ?? "all are in use"
            return "no uid of its own for the worker: \(why)"
        case .networkUnavailable:
            return "the worker's network cannot be built as the plan says"
        case .capabilityUnavailable(let capability, let level):
            return "\(capability.rawValue) cannot be granted at sandbox level \(level.name)"
        case .interpreter(let fault): return "interpreter: \(fault.what)"
        }
    }

    /// What to do about it; nil where the text says all there is.
    package var hint: String? {
        switch self {
        case .step(.paths, .noEntry, _): "the path was granted but does not exist"
        case .step(.landlock, _, _), .step(.seccomp, _, _), .levelUnavailable:
            "`rig doctor --sandbox` tries every wall and says which one this machine lacks"
        case .step(.exec, .access, _): "the worker's uid may not read or execute the interpreter"
        case .system(.startLauncher, .noEntry): "rig-jail belongs beside the rig executable"
        case .step(.paths, .invalid, _):
            "its file system cannot show files as another user's: run RIG as the folder's owner"
        case .identityUnavailable(.some):
            "run RIG as the owner of that path, or open the path to everybody"
        case .interpreter(.notFound): "install it, or name its path under runners in rig.yaml"
        case .interpreter(.tooOld): "Python 3.9 and Node 18 are the oldest that RIG runs"
        case .capabilityUnavailable(.network, _): "network egress needs sandbox level strict"
        default: nil
        }
    }
}

extension JailStep {
    var what: String {
        switch self {
        case .plan: "reading the plan"
        case .interpreter: "opening the interpreter"
        case .paths: "opening the granted paths"
        case .filter: "reading the seccomp filter"
        case .clone: "starting the child"
        case .identityMap: "mapping its uid and gid"
        case .mappedIdentity: "taking on the mapped uid"
        case .nesting: "forbidding further namespaces"
        case .network: "bringing up the network of its own"
        case .mounts: "mounting what it may see"
        case .root: "changing its root"
        case .limits: "setting limits"
        case .descriptors: "closing descriptors"
        case .identity: "dropping uid and capabilities"
        case .privileges: "setting no_new_privs"
        case .landlock: "restricting files by Landlock"
        case .seccomp: "loading the seccomp filter"
        case .exec: "executing the interpreter"
        case .release: "letting the worker go"
        }
    }
}

extension SandboxOperation {
    fileprivate var what: String {
        switch self {
        case .makePlan: "making the launch plan"
        case .makePipes: "making the worker's pipes"
        case .startLauncher: "starting rig-jail"
        case .prepareWorkDirectory: "preparing the work directory"
        case .readReport: "reading rig-jail's report"
        case .killWorker: "killing the worker"
        case .readProfile: "compiling the sandbox profile"
        }
    }
}

extension ProfileFault {
    fileprivate var what: String {
        switch self {
        case .notJSON: "is not JSON"
        case .notAnObject: "is not an object"
        case .unknownKey: "has a key that RIG does not know"
        case .missingKey: "lacks a key"
        case .wrongType: "has a value of the wrong type or range"
        case .unsupportedAction: "has an action that RIG does not support"
        case .unsupportedOperator: "has an operator that RIG does not support"
        case .unsupportedCapability: "names a capability that RIG does not know"
        case .architectureMissing: "does not name this machine's architecture alone"
        case .defaultNotErrno: "does not refuse by default"
        case .refused(let errno): "was refused by libseccomp: \(errno)"
        }
    }
}

extension InterpreterFault {
    fileprivate var what: String {
        switch self {
        case .notFound: "not found"
        case .doesNotRun: "it does not run"
        case .timedOut: "it did not answer in time"
        case .notUnderstood: "its answer is not understood"
        case .tooOld(let version): "version \(version) is too old"
        }
    }
}
