internal import RIGBytes
package import RIGLinux
internal import Synchronization

/// A compiled filter in a sealed memfd: made once, handed to every launcher.
package final class SeccompFilter: Sendable {
    package let file: Descriptor
    package let instructionCount: Int

    package init(bpf: [UInt8]) throws(SandboxError) {
        do {
            file = try Memfd.make(name: "rig-filter", sealed: bpf)
        } catch {
            throw .system(.makePlan, error)
        }
        instructionCount = bpf.count / 8
    }
}

/// Filters by profile and capabilities. Compiling takes 0.7 ms, loading what was compiled 0.2.
package final class FilterCache: Sendable {
    private struct Key: Hashable {
        let profile: Digest
        let capabilities: Set<SandboxCapability>
    }

    private let filters = Mutex<[Key: SeccompFilter]>([:])

    package init() {}

    /// At most one entry for each profile and set of capabilities in use; never many.
    package func filter(
        _ profile: SandboxProfile, _ capabilities: Set<SandboxCapability>
    ) throws(SandboxError) -> SeccompFilter {
        let key = Key(profile: profile.digest, capabilities: capabilities)
        if let known = filters.withLock({ $0[key] }) { return known }
        let made = try SeccompFilter(bpf: try profile.compile(capabilities))
        return filters.withLock { table in
            // Another thread may have been faster: one of the two is kept.
            if let known = table[key] { return known }
            table[key] = made
            return made
        }
    }
}
