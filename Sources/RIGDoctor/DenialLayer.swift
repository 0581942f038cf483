package import RIGSandbox

/// Which wall an attempt met. The kernel does not say: the layer follows from how the attempt
/// failed and from what the level builds, by the rules below.
package enum DenialLayer: String, Sendable, CaseIterable {
    case namespaces, landlock, seccomp, rlimit, environment
    /// no_new_privs, an empty capability set, a uid that owns nothing.
    case credentials
    /// No wall of RIG's was needed: there is nothing of the kind on this machine, or the kernel
    /// refuses it to everybody.
    case kernel

    /// - Parameter level: What the worker ran with.
    package static func of(_ attempt: Attempt, at level: SandboxLevel) -> DenialLayer {
        let isBase = level >= .standard
        // A noexec mount answers as the filter does.
        if level == .strict, Self.noexec.contains(attempt.name) { return .namespaces }
        switch errno(of: attempt) {
        case "CLEAN", "OWN": return .environment
        case "SYNTHETIC", "PRIVATE", "EMPTY": return level == .strict ? .namespaces : .environment
        case "HOLDS": return holding(attempt)
        case "NOSUID": return .credentials
        case "NOEFFECT": return isBase ? .seccomp : .credentials
        case "SIGSYS": return .seccomp
        case "ENOSYS" where isBase: return .seccomp
        // The filter answers EPERM before the kernel looks; without one it is a lack of privilege.
        case "EPERM": return isBase ? .seccomp : .credentials
        case "EACCES":
            // Landlock sees no mapping; a noexec mount does.
            if attempt.group == "wx" { return level == .strict ? .namespaces : .landlock }
            return isBase ? .landlock : .credentials
        case "EAGAIN", "EMFILE", "EFBIG", "ENOMEM", "MemoryError", "RangeError", "SIGKILL",
            "SIGABRT", "SIGSEGV", "SIGTRAP", "SIGXCPU", "ERR_MEMORY_ALLOCATION_FAILED",
            "ERR_WORKER_OUT_OF_MEMORY":
            return .rlimit
        case "ENOSPC", "EDQUOT": return level == .strict ? .namespaces : .kernel
        // Landlock forbids to move a file from one directory to another.
        case "EXDEV": return level == .strict ? .namespaces : isBase ? .landlock : .kernel
        case "ERR_DLOPEN_DISABLED", "ERR_DLOPEN_FAILED", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM":
            return .environment
        // A loader's words; the mapping was refused underneath.
        case "OSError", "ImportError": return isBase ? .seccomp : .kernel
        // Names are resolved over sockets, which the filter does not give.
        case "EAI", "ENOTFOUND", "EAI_AGAIN":
            return level == .strict ? .namespaces : isBase ? .seccomp : .kernel
        default: return level == .strict ? .namespaces : .kernel
        }
    }

    private static let noexec: Set = [
        "wx.own_file_executable", "wx.own_library", "wx.own_extension_module", "wx.tmp_library",
        "wx.granted_file_executable", "wx.data_file_executable",
    ]

    /// The reason, or the errno that a library wrapped into words of its own.
    private static func errno(of attempt: Attempt) -> String {
        let words = attempt.detail.split { $0 == " " || $0 == "_" || $0 == ":" }
        guard ["ERR", "UVWASI"].contains(words.first) else {
            return attempt.detail.contains("not allowed to raise maximum limit")
                ? "EMFILE" : attempt.reason
        }
        return words.first { ["EPERM", "EACCES"].contains($0) }.map(String.init) ?? attempt.reason
    }

    /// An invariant that the probe found to hold.
    private static func holding(_ attempt: Attempt) -> DenialLayer {
        switch attempt.name {
        case "id.seccomp_filter", "outside.seccomp": .seccomp
        case "id.core_limit", "id.locked_memory_limit", "use.pending_signals",
            "use.message_queues", "use.real_time":
            .rlimit
        case "env.interpreter_is_isolated", "env.interpreter_options": .environment
        default: .credentials
        }
    }
}
