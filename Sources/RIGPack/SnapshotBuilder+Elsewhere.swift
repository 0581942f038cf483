internal import RIGConfig
internal import RIGModel

/// Packs behind the socket of a runner that someone else supervises. RIG sees a connection and
/// nothing of what is behind it, so what rig.yaml promises of the workers must not need RIG's walls.
extension SnapshotBuilder {
    /// - Throws: The first key of rig.yaml that promises what RIG cannot see there.
    nonisolated static func refuseUnseen(
        _ pack: PackConfig, _ config: Config, _ runner: RunnerConfig, _ runtime: String
    ) throws(PackFault) {
        let url = "runners.\(runtime).url"
        if config.sandbox.level != .none, !runner.isConfinedElsewhere {
            throw .unseen(
                key: "sandbox.level: \(config.sandbox.level.rawValue)", url: url,
                hint: "write runners.\(runtime).sandbox: external, if someone else confines it")
        }
        for (key, isWritten) in promises(of: pack) where isWritten {
            throw .unseen(key: key, url: url, hint: "remove \(key)")
        }
    }

    private nonisolated static func promises(of pack: PackConfig) -> [(String, Bool)] {
        let usual = LimitsConfig()
        return [
            ("isolation: per_call", pack.isolation == .perCall),
            ("limits.memory", pack.limits.memoryBytesMax != usual.memoryBytesMax),
            ("native: true", pack.isNative), ("jit: false", !pack.allowsJIT),
            ("grants.net", !pack.grants.net.isEmpty),
            ("grants.env", !pack.grants.environment.isEmpty),
            ("grants.fs.data: ro", pack.grants.data == .ro),
            ("grants.fs.workspace mode: ro", pack.grants.workspace?.mode == .ro),
        ]
            + pack.grants.secrets.map { secret in
                if case .context = secret.delivery { return ("", false) }
                return ("grants.secrets.\(secret.slot) without deliver: ctx", true)
            }
    }
}
