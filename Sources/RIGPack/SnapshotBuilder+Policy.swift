package import RIGConfig
internal import RIGModel
internal import RIGPipeline
package import RIGPolicy
internal import RIGRegistry

/// Compiles the policy of rig.yaml, and turns what is wrong with it into places of that file.
extension SnapshotBuilder {
    /// Compiled and held against the packs that rig.yaml names, which need not be running.
    /// - Throws: Rules that cannot be compiled or can never match.
    package nonisolated static func policy(_ config: Config) throws(ConfigErrors) -> PolicyProgram {
        do throws(PolicyFaults) {
            let program = try PolicyProgram.compile(config.policy)
            let packs = config.packs.map { $0.namespace?.text }
            let known = PolicySurface(tools: [], unseenNamespaces: packs)
            guard let faults = program.lint(known) else { return program }
            throw faults
        } catch {
            throw errors(error, config)
        }
    }

    /// Held against the tools that there are. Packs that are not there can still bring any tool of
    /// their namespace.
    nonisolated static func lint(
        _ policy: PolicyProgram, _ config: Config, _ snapshot: Snapshot
    ) throws(ConfigErrors) {
        let seen = Set(snapshot.packs.map(\.namespace))
        // A pack whose namespace only its folder tells may be any of those that are not seen.
        let missing = config.packs.filter { $0.namespace.map { !seen.contains($0) } ?? true }
        let isComplete = seen.count == config.packs.count
        let surface = PolicySurface(
            tools: snapshot.tools.map(PolicyTool.init),
            unseenNamespaces: isComplete ? [] : missing.map { $0.namespace?.text })
        if let faults = policy.lint(surface) { throw errors(faults, config) }
    }

    private nonisolated static func errors(
        _ faults: PolicyFaults, _ config: Config
    ) -> ConfigErrors {
        let errors = faults.faults.map { fault in
            ConfigError(
                file: config.file, line: fault.place.line, column: fault.place.column,
                what: fault.what, why: fault.why, hint: fault.hint)
        }
        let sorted = errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return ConfigErrors(
            Array(sorted.prefix(ConfigErrors.countMax)),
            isTruncated: sorted.count > ConfigErrors.countMax)
    }
}
