/// The bytes that rig-jail reads. Sources/rig-jail/plan.h defines the format and says what refuses
/// a plan; this is its only writer.
struct LaunchPlan {
    private enum Tag: UInt32 {
        case level = 1
        case executable, argument, environment, workDirectory, path, limit, identity
        case landlock, execOnce, oomScore, namespaces, scratch, file, link, listener
    }

    private(set) var bytes = Array("RIGJAIL1".utf8)

    init(_ plan: JailPlan) {
        number(.level, plan.level.rawValue)
        text(.executable, plan.executable)
        for argument in plan.arguments { text(.argument, argument) }
        for (name, value) in plan.environment.sorted(by: { $0.key < $1.key }) {
            text(.environment, "\(name)=\(value)")
        }
        text(.workDirectory, plan.workDirectory)
        for path in plan.paths {
            record(.path, Self.little(path.rights.rawValue) + Array(path.path.utf8) + [0])
        }
        for limit in plan.limits.all {
            let value = Self.little(limit.value)
            record(.limit, Self.little(limit.resource.rawValue) + value + value)
        }
        if case .own(let userID, let groupID) = plan.identity {
            record(.identity, Self.little(userID) + Self.little(groupID))
        }
        if plan.level > .none {
            number(.landlock, plan.landlockABI)
            number(.execOnce, plan.execOnce.rawValue)
        }
        if let score = plan.outOfMemoryScore { number(.oomScore, score) }
        if let interior = plan.interior { add(interior) }
        for listener in plan.listeners {
            record(.listener, Self.little(listener.address) + Self.little(UInt32(listener.port)))
        }
    }

    private mutating func add(_ interior: JailInterior) {
        number(.namespaces, (interior.hasProc ? 1 : 0) | (interior.forbidsNesting ? 2 : 0))
        for scratch in interior.scratch {
            let limits = Self.little(scratch.bytes) + Self.little(scratch.inodes)
            record(.scratch, limits + Array(scratch.path.utf8) + [0])
        }
        for file in interior.files {
            record(.file, Array(file.path.utf8) + [0] + Array(file.text.utf8))
        }
        for link in interior.links {
            record(.link, Array(link.path.utf8) + [0] + Array(link.target.utf8) + [0])
        }
    }

    /// A zero byte within a text would cut it short there, so the launcher refuses the plan.
    private mutating func text(_ tag: Tag, _ text: String) {
        record(tag, Array(text.utf8) + [0])
    }

    private mutating func number(_ tag: Tag, _ value: UInt32) {
        record(tag, Self.little(value))
    }

    private mutating func record(_ tag: Tag, _ payload: [UInt8]) {
        bytes += Self.little(tag.rawValue)
        bytes += Self.little(UInt32(clamping: payload.count))
        bytes += payload
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
