package import RIGLinux

/// Why a worker could not be confined, hence was not started. Nothing runs with fewer walls than
/// its plan says. Text for people is made in SandboxErrorText.swift.
package enum SandboxError: Error, Equatable, Sendable {
    /// A step of the jail was refused. `path` is the granted path it was about, where it was one.
    case step(JailStep, Errno, path: String?)
    /// The launcher ended, or spoke nonsense, before the worker ran.
    case launcherFailed
    /// The worker did not run in time; what was started has been killed.
    case startTimedOut
    /// The sidecar could not make what the jail needs.
    case system(SandboxOperation, Errno)
    /// A profile is not what RIG understands. `rule` counts the entries of `syscalls` from 0.
    case profile(ProfileFault, rule: Int?)
    /// This machine cannot enforce the level asked for.
    case levelUnavailable(SandboxLevel, lacks: [MissingWall])
    /// A path was granted that would hide what every jail has, such as / or /etc.
    case pathUnavailable(String)
    /// A worker of a privileged sidecar must have a uid of its own, and none is left, or it could
    /// not use `path` and this kernel or file system cannot map owners.
    case identityUnavailable(path: String?)
    /// A listener is not on the loopback network, a host's name is not one, or there are too many.
    case networkUnavailable
    /// A capability was granted that the level cannot contain.
    case capabilityUnavailable(SandboxCapability, SandboxLevel)
    case interpreter(InterpreterFault)
}

/// What the sidecar was doing.
package enum SandboxOperation: String, Equatable, Sendable {
    case makePlan, makePipes, startLauncher, prepareWorkDirectory, readReport, killWorker
    case readProfile
}

/// The steps of the jail, numbered for good.
package enum JailStep: UInt32, Equatable, Sendable, CaseIterable {
    case plan = 0
    case interpreter = 1
    case paths = 2
    case filter = 3
    case clone = 4
    case identityMap = 5
    case mappedIdentity = 6
    case nesting = 7
    case network = 8
    case mounts = 9
    case root = 10
    case limits = 11
    case descriptors = 12
    case identity = 13
    case privileges = 14
    case landlock = 15
    case seccomp = 16
    case exec = 17
    case release = 18
}

package enum ProfileFault: Equatable, Sendable {
    case notJSON, notAnObject, unknownKey, missingKey, wrongType
    case unsupportedAction, unsupportedOperator, unsupportedCapability
    case architectureMissing, defaultNotErrno
    /// libseccomp refused the entry.
    case refused(Errno)
}

package enum InterpreterFault: Equatable, Sendable {
    /// No such program in the search path.
    case notFound
    /// It could not be started, or ended badly, when asked what it is.
    case doesNotRun
    case timedOut
    /// It answered something else than expected.
    case notUnderstood
    /// Older than RIG supports.
    case tooOld(version: String)
}
