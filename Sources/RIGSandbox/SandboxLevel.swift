/// How much must hold, as rig.yaml's `sandbox.level` names it.
package enum SandboxLevel: UInt32, Comparable, Sendable, CaseIterable {
    /// Limits, clean descriptors and environment, and death with the sidecar; nothing else.
    case none = 0
    /// The base layer, which needs no privilege: also Landlock, seccomp, exec exactly once.
    case standard = 1
    /// Also namespaces.
    case strict = 2

    package static func < (left: SandboxLevel, right: SandboxLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    package var name: String {
        switch self {
        case .none: "none"
        case .standard: "standard"
        case .strict: "strict"
        }
    }
}

/// Groups of calls that a profile adds by `includes.caps`. The raw value is the name there.
package enum SandboxCapability: String, CaseIterable, Sendable {
    /// Making and changing files, where Landlock lets them be opened.
    case writeFiles = "RIG_FS_WRITE"
    /// Changing modes and times, and length by path, which Landlock does not see (length before
    /// ABI 3): only for a worker that owns nothing outside its jail. For others modes and times
    /// are answered with success and not done.
    case ownFiles = "RIG_FS_OWNER"
    /// TCP clients; needs a network namespace.
    case network = "RIG_NET"
}
