package import RIGLinux

/// What a machine lacks for a level, found by trying.
package enum MissingWall: Equatable, Sendable {
    case landlock
    /// A seccomp filter that refuses a call.
    case filter
    /// Neither a seccomp listener nor tracing works.
    case execOnce
    /// A jail with namespaces of its own could not be built; the step at which it failed.
    case namespaces(JailStep, Errno)

    package var text: String {
        switch self {
        case .landlock: "Landlock does not deny"
        case .filter: "seccomp filters do not deny"
        case .execOnce: "neither a seccomp listener nor tracing can end exec"
        case .namespaces(let step, let errno):
            "no namespaces (step \(step.rawValue), \(step.what): \(errno))"
        }
    }
}
