internal import Glibc

/// Limits of this process (getrlimit).
package struct ResourceLimit: Equatable, Sendable {
    package enum Kind: Sendable {
        case openFiles, addressSpaceBytes, coreBytes, fileBytes, processes, processorSeconds

        fileprivate var code: __rlimit_resource_t {
            switch self {
            case .openFiles: CInt(RLIMIT_NOFILE.rawValue)
            case .addressSpaceBytes: CInt(RLIMIT_AS.rawValue)
            case .coreBytes: CInt(RLIMIT_CORE.rawValue)
            case .fileBytes: CInt(RLIMIT_FSIZE.rawValue)
            case .processes: CInt(__RLIMIT_NPROC.rawValue)
            case .processorSeconds: CInt(RLIMIT_CPU.rawValue)
            }
        }
    }

    /// nil: no limit.
    package var soft: UInt64?
    /// What `soft` may be raised to; nil: no limit.
    package var hard: UInt64?

    package init(soft: UInt64?, hard: UInt64?) {
        self.soft = soft
        self.hard = hard
    }

    package static func get(_ kind: Kind) throws(Errno) -> ResourceLimit {
        var raw = rlimit()
        _ = try call { unsafe getrlimit(kind.code, &raw) }
        return ResourceLimit(soft: value(raw.rlim_cur), hard: value(raw.rlim_max))
    }

    package static func set(_ kind: Kind, _ limit: ResourceLimit) throws(Errno) {
        var raw = rlimit(
            rlim_cur: limit.soft.map { rlim_t($0) } ?? infinity,
            rlim_max: limit.hard.map { rlim_t($0) } ?? infinity)
        _ = try call { unsafe setrlimit(kind.code, &raw) }
    }

    private static let infinity = rlim_t.max

    private static func value(_ raw: rlim_t) -> UInt64? {
        raw == infinity ? nil : UInt64(raw)
    }
}
