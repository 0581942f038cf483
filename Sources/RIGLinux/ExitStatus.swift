internal import CLinux
internal import Glibc

/// How a process ended.
package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
    case exited(CInt)
    case killed(Signal)

    package var isSuccess: Bool { self == .exited(0) }

    /// What a shell reports: the exit code, or 128 and the signal.
    package var shellCode: CInt {
        switch self {
        case .exited(let code): code
        case .killed(let signal): 128 + signal.number
        }
    }

    package var description: String {
        switch self {
        case .exited(let code): "exited with \(code)"
        case .killed(let signal): "killed by signal \(signal.number)"
        }
    }

    init(_ raw: rig_exit) {
        self = raw.code == CLD_EXITED ? .exited(raw.status) : .killed(Signal(raw.status))
    }
}
