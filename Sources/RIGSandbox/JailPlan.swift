/// Everything a worker runs with. What is not here it does not have: no file, no variable, no
/// descriptor, no right.
package struct JailPlan: Sendable {
    /// Landlock rights on a path and, for a directory, on everything below it.
    package struct Rights: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Reading files and listing directories.
        package static let read = Rights(rawValue: 1)
        /// Making, changing, renaming and removing files, directories and symbolic links.
        package static let write = Rights(rawValue: 2)
        /// Being started: the interpreter and its dynamic linker only, and only once.
        package static let execute = Rights(rawValue: 4)
        /// Being mapped as code: shared libraries, native modules. With a mount namespace whatever
        /// lacks it is mounted noexec; without one it changes nothing.
        package static let map = Rights(rawValue: 8)
        /// Shown as the worker's own what belongs to the owner of the path, and what the worker
        /// makes belongs to that owner outside. For a worker with a uid of its own.
        package static let own = Rights(rawValue: 16)
    }

    package struct GrantedPath: Equatable, Sendable {
        /// Absolute. It is opened before the worker exists; one that is missing refuses the plan.
        package let path: String
        package let rights: Rights

        package init(_ path: String, _ rights: Rights) {
            self.path = path
            self.rights = rights
        }
    }

    /// How "exec exactly once" is kept.
    package enum ExecOnce: UInt32, Sendable {
        case notify = 1
        /// Where a supervisor above holds the only listener.
        case trace = 2
    }

    package var level: SandboxLevel
    /// The interpreter's real file, not a link or a script.
    package var executable: String
    /// With argument 0.
    package var arguments: [String]
    package var environment: [String: String]
    /// As the worker sees it; becomes its working directory.
    package var workDirectory: String
    /// The same as a directory of the host, which `WorkDirectory` makes and discards; nil where it
    /// exists in the jail only.
    package var hostWorkDirectory: String?
    package var paths: [GrantedPath]
    package var limits: JailLimits
    package var identity: WorkerIdentity
    /// Enforced in full, or the worker does not start. 0 only at level none.
    package var landlockABI: UInt32
    package var execOnce: ExecOnce
    /// nil only at level none.
    package var filter: SeccompFilter?
    /// 0...1000: who dies first when memory runs out. nil leaves it.
    package var outOfMemoryScore: UInt32?
    package var listeners: [JailListener]
    package var hosts: [JailHost]
    /// Set at level strict and only there.
    package var interior: JailInterior?
    /// Keeps the uid of `identity` the worker's alone.
    var lease: IdentityLease?
}

/// What a worker may use up. nil: no limit of its own.
package struct JailLimits: Equatable, Sendable {
    /// Data segment and private anonymous memory. Not address space, of which V8 reserves much
    /// more than it uses. Python needs 8 MiB, node 48.
    package var memoryBytes: UInt64?
    /// Of one file.
    package var fileBytes: UInt64?
    package var processorSeconds: UInt64?
    /// Threads, counted by uid: only for a worker with a uid or a user namespace of its own.
    package var threads: UInt64?
    /// Address space. Memory that is only read counts nowhere else, and the tables that find it
    /// are the kernel's: 4 KiB for each 2 MiB. `settled(for:)` sets it.
    var addressBytes: UInt64?

    package init(
        memoryBytes: UInt64? = 512 << 20, fileBytes: UInt64? = 64 << 20,
        processorSeconds: UInt64? = nil, threads: UInt64? = 64
    ) {
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.processorSeconds = processorSeconds
        self.threads = threads
    }

    /// With the address space that `runtime` may use. V8 reserves many times what it uses, and
    /// a Node pack without native code has no way to map memory that is only read.
    func settled(for runtime: Interpreter.Runtime) -> JailLimits {
        guard runtime == .python else { return self }
        var settled = self
        // At most 32 MiB of tables, and as much again for each 2 GiB of memory above two.
        settled.addressBytes = max(16 << 30, 8 * (memoryBytes ?? 0))
        return settled
    }

    /// RLIMIT_* by number.
    enum Resource: UInt32 {
        case processorSeconds = 0
        case fileBytes = 1
        case dataBytes = 2
        case coreBytes = 4
        case threads = 6
        case lockedBytes = 8
        case addressBytes = 9
        case pendingSignals = 11
        case messageQueueBytes = 12
        case nice = 13
        case realTimePriority = 14
    }

    /// Soft and hard alike. The open files are the launcher's business: its own step needs more.
    var all: [(resource: Resource, value: UInt64)] {
        let always: [(Resource, UInt64)] = [
            (.coreBytes, 0), (.lockedBytes, 0), (.pendingSignals, 64), (.messageQueueBytes, 0),
            (.nice, 0), (.realTimePriority, 0),
        ]
        let chosen: [(Resource, UInt64?)] = [
            (.dataBytes, memoryBytes), (.fileBytes, fileBytes),
            (.processorSeconds, processorSeconds), (.threads, threads),
            (.addressBytes, addressBytes),
        ]
        return always + chosen.compactMap { resource, value in value.map { (resource, $0) } }
    }
}
