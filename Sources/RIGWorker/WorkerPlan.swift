package import RIGModel
package import RIGRedact
package import RIGSandbox

/// Everything needed to start workers of one pack; made once a snapshot.
package struct WorkerPlan: Sendable {
    package struct PoolLimits: Sendable, Hashable {
        /// A worker gets one call and ends with it; `concurrency` is 1 then.
        package var isPerCall = false
        /// Workers that are kept; with `isPerCall` those that wait ready for a call.
        package var workersMin = Limits.workersMinDefault
        /// Workers that take calls; with `isPerCall` those that wait, start or hold a call, so that
        /// no more calls than that run at a time.
        package var workersMax = Limits.workersMaxDefault
        /// Calls one worker holds at a time.
        package var concurrency = Limits.concurrentCallsDefault
        /// Calls that wait for a worker.
        package var queueMax = Limits.queuedCallsDefault
        /// Without a call for so long, a worker above the minimum is ended.
        package var idleMilliseconds = Limits.workerIdleMilliseconds
        /// Calls after which a worker is replaced.
        package var callsPerWorkerMax = Limits.workerCallsMax
        /// Age at which a worker is replaced.
        package var lifetimeMilliseconds = Limits.workerLifetimeMilliseconds
        /// How often a runner elsewhere is asked whether it is there.
        package var healthMilliseconds = Limits.runnerHealthMilliseconds
        /// What it has for its answer.
        package var answerMilliseconds = Limits.runnerAnswerMilliseconds
        /// From `shutdown` or `cancel` to the kill.
        package var graceMilliseconds = Limits.workerGraceMilliseconds

        package init() {}
    }

    /// Where the runner finds the pack (spec/worker-protocol.md, `hello.pack`).
    package struct PackEntry: Sendable, Hashable {
        package let root: String
        package let entry: String
        package let name: String

        package init(root: String, entry: String, name: String) {
            self.root = root
            self.entry = entry
            self.name = name
        }
    }

    /// Where workers come from.
    package enum Host: Sendable {
        /// RIG starts each in a jail, with a work directory of its own under `workFolder`. The
        /// request is what all of them get, but for that.
        case jail(JailRequest, JailMachine, workFolder: String)
        /// Each is a connection to this socket, behind which someone else runs and confines it.
        case socket(path: String)
    }

    package let namespace: Namespace
    package let entry: PackEntry
    package private(set) var host: Host
    /// The version that was described and checked; a runner elsewhere may come back with another.
    package var packVersion: String?
    package var limits: PoolLimits
    /// For a call whose tool declares no time of its own, and the most that one may have.
    package let timeoutMilliseconds: Int
    package let inputBytesMax: Int
    package let outputBytesMax: Int
    package var dataDirectory: String?
    package var workspaceDirectory: String?
    /// Takes the values that workers were given out of what they log; nil when they have none.
    package var redactor: Redactor?
    /// Serves the listeners of the jail; nil where it has none.
    package var egress: WorkerEgress?
    /// Where lines of workers go: captured output and log messages.
    package let log: @Sendable (WorkerLogLine) -> Void

    package init(
        namespace: Namespace, entry: PackEntry, host: Host, limits: PoolLimits = PoolLimits(),
        timeoutMilliseconds: Int = Limits.callTimeoutMillisecondsDefault,
        inputBytesMax: Int = Limits.inputBytesDefault,
        outputBytesMax: Int = Limits.outputBytesDefault,
        dataDirectory: String? = nil, workspaceDirectory: String? = nil,
        log: @escaping @Sendable (WorkerLogLine) -> Void
    ) {
        self.namespace = namespace
        self.entry = entry
        self.host = host
        self.limits = limits
        self.timeoutMilliseconds = timeoutMilliseconds
        self.inputBytesMax = inputBytesMax
        self.outputBytesMax = outputBytesMax
        self.dataDirectory = dataDirectory
        self.workspaceDirectory = workspaceDirectory
        self.log = log
    }

    /// The jail of workers that RIG starts; nobody may ask of others.
    package var jail: JailRequest {
        get {
            guard case .jail(let request, _, _) = host else {
                preconditionFailure("a runner elsewhere has no jail of RIG's")
            }
            return request
        }
        set {
            guard case .jail(_, let machine, let workFolder) = host else {
                preconditionFailure("a runner elsewhere has no jail of RIG's")
            }
            host = .jail(newValue, machine, workFolder: workFolder)
        }
    }

    /// Someone else runs the workers.
    package var isElsewhere: Bool {
        if case .socket = host { return true }
        return false
    }

    /// What the audit says of the walls around the workers.
    package var sandboxName: String { isElsewhere ? "external" : jail.level.name }

    /// What may wait to be sent to one worker: all the calls it may hold and their cancels, so
    /// that a worker which is slow to read is given nothing it could lose.
    var unsentBytesMax: Int {
        (limits.concurrency + 1) * (inputBytesMax + 2 * Limits.envelopeBytesMax)
    }

    /// What a worker may hold of the machine's memory; nil: as much as it gets.
    var memoryBytesMax: Int? {
        isElsewhere ? nil : jail.limits.memoryBytes.map { Int(clamping: $0) }
    }

    /// The cap on a frame, either way.
    var frameBytesMax: Int {
        Limits.frameBytes(inputBytesMax: inputBytesMax, outputBytesMax: outputBytesMax)
    }
}

/// What jails need of this machine and installation; one for all packs.
package struct JailMachine: Sendable {
    /// Path of rig-jail.
    package let launcher: String
    package let facts: SandboxFacts
    package let profile: SandboxProfile
    package let filters: FilterCache

    package init(
        launcher: String, facts: SandboxFacts, profile: SandboxProfile, filters: FilterCache
    ) {
        self.launcher = launcher
        self.facts = facts
        self.profile = profile
        self.filters = filters
    }
}

/// A line a worker wrote, on stdout or stderr or as a log message.
package struct WorkerLogLine: Sendable {
    package let namespace: String
    package let pid: Int32
    /// `debug`, `info`, `warning` or `error`; captured output is `info`.
    package let level: String
    package let text: String
}
