package import RIGLinux

/// What this machine enforces, for this user and under whatever supervises it.
package struct SandboxFacts: Equatable, Sendable {
    /// The highest ABI that denies and that RIG knows how to use in full; 0 for none.
    package var landlockABI: UInt32
    package var canFilter: Bool
    package var canNotify: Bool
    package var canTrace: Bool
    /// Workers can get a uid of their own.
    package var canChangeIdentity: Bool
    package var namespaces: NamespaceFacts

    package init(
        landlockABI: UInt32, canFilter: Bool, canNotify: Bool, canTrace: Bool,
        canChangeIdentity: Bool, namespaces: NamespaceFacts
    ) {
        self.landlockABI = landlockABI
        self.canFilter = canFilter
        self.canNotify = canNotify
        self.canTrace = canTrace
        self.canChangeIdentity = canChangeIdentity
        self.namespaces = namespaces
    }

    /// From ABI 7 on the kernel adds nothing that a plan of today grants or denies.
    static let landlockABIKnown: UInt32 = 6

    /// The level that `rig init` writes.
    package var strongestLevel: SandboxLevel {
        if missing(for: .strict).isEmpty { return .strict }
        return missing(for: .standard).isEmpty ? .standard : .none
    }

    /// Why the machine does not hold `level`; empty when it does.
    package func missing(for level: SandboxLevel) -> [MissingWall] {
        if level == .none { return [] }
        var walls: [MissingWall] = []
        if landlockABI == 0 { walls.append(.landlock) }
        if !canFilter { walls.append(.filter) }
        if !canNotify && !canTrace { walls.append(.execOnce) }
        if level == .strict, case .refused(let step, let errno) = namespaces {
            walls.append(.namespaces(step, errno))
        }
        return walls
    }
}

/// Whether a whole jail with namespaces of its own could be built.
package enum NamespaceFacts: Equatable, Sendable {
    case refused(JailStep, Errno)
    /// - Parameter hasProc: The worker can have a /proc of its own; not in a container that masks
    ///   it. Without, python and node run all the same, but for process.memoryUsage.
    /// - Parameter forbidsNesting: The kernel itself refuses further user namespaces in the jail,
    ///   beside the filter; not where /proc/sys cannot be written.
    /// - Parameter mapsOwners: Granted directories can be shown as the worker's own, which a
    ///   sidecar that runs as root needs (mounts with mapped ids).
    case built(hasProc: Bool, forbidsNesting: Bool, mapsOwners: Bool)
}

/// Finds the facts by doing: the launcher tries each wall in a child of its own and looks whether
/// it holds. What the kernel's version or a file in /proc promises is not asked.
package enum SandboxProbe {
    private enum Bit {
        static let filter: UInt32 = 1
        static let notify: UInt32 = 2
        static let trace: UInt32 = 4
        static let identity: UInt32 = 8
        static let namespaces: UInt32 = 16
        static let proc: UInt32 = 32
        static let nesting: UInt32 = 64
        static let owners: UInt32 = 128
    }

    /// Blocks for about 10 ms.
    /// - Parameter launcher: Path of rig-jail.
    package static func run(
        launcher: String, timeoutMilliseconds: Int = 10_000
    ) throws(SandboxError) -> SandboxFacts {
        var control: SocketPair.Pair
        do {
            control = try SocketPair.make()
        } catch {
            throw .system(.makePipes, error)
        }
        let child = try Jail.start(
            SpawnPlan(
                path: launcher, arguments: [launcher, "probe"], descriptors: [5: control.farFd]))
        control.closeFar()
        let near = control.takeNear()
        do throws(SandboxError) {
            var none = JailSockets([])
            guard
                case .probed(let bits, let abi, let refusal) = try Jail.nextReport(
                    near.fd, timeoutMilliseconds, &none)
            else { throw SandboxError.launcherFailed }
            try Jail.end(child)
            return SandboxFacts(
                landlockABI: min(abi, SandboxFacts.landlockABIKnown),
                canFilter: bits & Bit.filter != 0, canNotify: bits & Bit.notify != 0,
                canTrace: bits & Bit.trace != 0, canChangeIdentity: bits & Bit.identity != 0,
                namespaces: namespaces(bits, refusal))
        } catch {
            try Jail.end(child)
            throw error
        }
    }

    private static func namespaces(_ bits: UInt32, _ refusal: UInt32) -> NamespaceFacts {
        guard bits & Bit.namespaces != 0 else {
            let step = JailStep(rawValue: refusal >> 16) ?? .clone
            return .refused(step, Errno(code: CInt(refusal & 0xffff)))
        }
        return .built(
            hasProc: bits & Bit.proc != 0, forbidsNesting: bits & Bit.nesting != 0,
            mapsOwners: bits & Bit.owners != 0)
    }
}
