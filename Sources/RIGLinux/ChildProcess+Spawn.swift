internal import CLinux
internal import Glibc

/// Everything a child starts with. What is not named here is not inherited: no descriptor, no
/// variable, no blocked or ignored signal.
package struct SpawnPlan: Sendable {
    package enum Group: Sendable {
        /// The caller's process group: a terminal's interrupt reaches the child too.
        case inherited
        /// Leads its own group, so that `Signal.send(toGroup:)` reaches its descendants.
        case own
        /// Leads its own session, without a terminal.
        case ownSession
    }

    /// The program; no PATH search, see `PathLookup`.
    package var path: String
    /// With argument 0.
    package var arguments: [String]
    package var environment: [String: String]
    /// Child's number to parent's number. 0, 1 and 2 are /dev/null unless named.
    package var descriptors: [CInt: CInt]
    package var workingDirectory: String?
    package var group: Group

    package init(
        path: String, arguments: [String], environment: [String: String] = [:],
        descriptors: [CInt: CInt] = [:], workingDirectory: String? = nil, group: Group = .inherited
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.workingDirectory = workingDirectory
        self.group = group
    }
}

extension ChildProcess {
    /// Starts a child. Blocks for the time of a vfork and exec.
    /// - Throws: What exec refused with, such as `Errno.noEntry`; no child is left then.
    package static func spawn(_ plan: SpawnPlan) throws(Errno) -> ChildProcess {
        try requireWhole(plan.path)
        for argument in plan.arguments { try requireWhole(argument) }
        let variables = plan.environment.map { "\($0.key)=\($0.value)" }.sorted()
        for variable in variables { try requireWhole(variable) }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe try check(posix_spawn_file_actions_init(&actions))
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // The copies must live until the child has been started.
        let copies = try unsafe Self.place(plan.descriptors, &actions)
        defer { copies.close() }
        if let directory = plan.workingDirectory {
            try requireWhole(directory)
            unsafe try check(rig_spawn_chdir(&actions, directory))
        }

        var attributes = posix_spawnattr_t()
        unsafe try check(posix_spawnattr_init(&attributes))
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        let flags: UInt32 =
            switch plan.group {
            case .inherited: 0
            case .own: UInt32(RIG_SPAWN_GROUP)
            case .ownSession: UInt32(RIG_SPAWN_SESSION)
            }
        unsafe try check(rig_spawn_attributes(&attributes, CInt(flags)))

        var pid: pid_t = 0
        let arguments = CStringArray(plan.arguments)
        let environment = CStringArray(variables)
        // SAFETY: all pointers live until the end of the call, which the two lines after it see to.
        let code = unsafe posix_spawn(
            &pid, plan.path, &actions, &attributes, arguments.base, environment.base)
        withExtendedLifetime(arguments) {}
        withExtendedLifetime(environment) {}
        try check(code)
        return try ChildProcess(adopting: pid)
    }

    /// Numbers that `place` made and the parent has to close.
    private struct Copies {
        var fds: [CInt] = []

        func close() {
            for fd in fds { _ = Glibc.close(fd) }
        }
    }

    /// Adds the moves that give the child exactly `map`, /dev/null for missing standard streams,
    /// and nothing else.
    ///
    /// A source whose number is also a target could be overwritten before its turn, so it is
    /// copied above all targets first.
    private static func place(
        _ map: [CInt: CInt], _ actions: inout posix_spawn_file_actions_t
    ) throws(Errno) -> Copies {
        precondition(map.allSatisfy { $0.key >= 0 && $0.value >= 0 }, "numbers are not negative")
        var copies = Copies()
        let lowest = max(2, map.keys.max() ?? 2) + 1
        do throws(Errno) {
            for target in (0..<lowest) {
                guard let source = map[target] else {
                    if target <= 2 {
                        let flags = target == 0 ? O_RDONLY : O_WRONLY
                        unsafe try check(
                            posix_spawn_file_actions_addopen(
                                &actions, target, "/dev/null", flags, 0))
                    } else {
                        unsafe try check(posix_spawn_file_actions_addclose(&actions, target))
                    }
                    continue
                }
                var safe = source
                if source < lowest && source != target {
                    safe = try call { rig_duplicate(source, lowest) }
                    copies.fds.append(safe)
                }
                // For equal numbers the C library clears close-on-exec instead.
                unsafe try check(posix_spawn_file_actions_adddup2(&actions, safe, target))
            }
            unsafe try check(rig_spawn_close_from(&actions, lowest))
        } catch {
            copies.close()
            throw error
        }
        return copies
    }
}

/// A null-terminated array of C strings that lives as long as this object.
@safe
private final class CStringArray {
    let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        // SAFETY: one entry a text and the terminator, all initialised here.
        unsafe base = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() {
            unsafe (base + index).initialize(to: strdup(text))
        }
        unsafe (base + texts.count).initialize(to: nil)
    }

    deinit {
        // SAFETY: `count` entries came from strdup.
        for index in 0..<count { unsafe free(base[index]) }
        unsafe base.deallocate()
    }
}
