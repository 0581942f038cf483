internal import RIGConfig
internal import RIGEgress
internal import RIGLinux
internal import RIGModel
internal import RIGSandbox
internal import RIGSecret
internal import RIGWorker

/// What a pack's workers may reach, turned into the listeners of their jail and who serves them.
extension SnapshotBuilder {
    /// Only a network namespace holds what a worker may reach to what it is granted.
    nonisolated static func refuseEgress(
        _ grants: GrantsConfig, at level: SandboxLevel
    ) throws(PackFault) {
        guard level < .strict else { return }
        if !grants.net.isEmpty { throw .egressLevel(key: "grants.net", level) }
        for secret in grants.secrets {
            if case .egress = secret.delivery {
                throw .egressLevel(key: "grants.secrets.\(secret.slot)", level)
            }
        }
    }

    /// Adds the way out to the plan of the workers that serve. Without a service, such as where a
    /// pack is only looked at, there is none, and nothing answers where it would be.
    nonisolated static func grantEgress(
        _ grants: GrantsConfig, _ secrets: PackSecrets, _ tools: [ToolDefinition],
        _ pack: EgressPack, _ machine: Machine, _ plan: inout WorkerPlan
    ) throws(PackFault) {
        let policy = try policy(grants, secrets, tools)
        guard !policy.isEmpty, let service = machine.egress else { return }
        let program = machine.installation.egress
        guard policy.secrets.isEmpty || File.isExecutable(program) else {
            throw .noEgressProgram(path: program)
        }
        plan.jail.listeners = policy.listeners
        plan.jail.hosts = policy.hosts
        // What the operator sets himself is stronger.
        plan.jail.environment.merge(policy.environment) { chosen, _ in chosen }
        try grantAuthorities(&plan)
        plan.egress = WorkerEgress { sockets, processID in
            let door = service.serve(sockets, policy, for: pack, workerPID: processID)
            return { door.close() }
        }
    }

    /// Clients that speak TLS themselves need to know whom to trust: the machine's authorities, or
    /// those that the operator's variables name. Node brings its own.
    private nonisolated static func grantAuthorities(_ plan: inout WorkerPlan) throws(PackFault) {
        if plan.jail.environment["SSL_CERT_FILE"] == nil {
            for path in authorities where try isFile(path) {
                plan.jail.environment["SSL_CERT_FILE"] = path
                break
            }
        }
        for name in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
            guard let path = plan.jail.environment[name], try isFile(path),
                !plan.jail.readable.contains(path)
            else { continue }
            plan.jail.readable.append(path)
        }
    }

    /// Where Debian, Fedora, SUSE and Alpine keep them.
    private nonisolated static let authorities = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ]

    private nonisolated static func isFile(_ path: String) throws(PackFault) -> Bool {
        do throws(Errno) {
            return try FileStatus.ifPresent(path)?.kind == .file
        } catch {
            throw .folder(path: path, error)
        }
    }

    private nonisolated static func policy(
        _ grants: GrantsConfig, _ secrets: PackSecrets, _ tools: [ToolDefinition]
    ) throws(PackFault) -> EgressPolicy {
        var placed: [EgressSecret] = []
        for secret in secrets.egress {
            placed.append(
                EgressSecret(
                    slot: secret.slot, host: secret.host,
                    placement: try placement(secret, tools), value: secret.value))
        }
        do throws(EgressPolicy.Fault) {
            return try EgressPolicy(net: grants.net, secrets: placed)
        } catch {
            throw .egressPolicy(error)
        }
    }

    /// `as` of rig.yaml, or what follows from the slot's kind.
    private nonisolated static func placement(
        _ secret: PackSecrets.Egress, _ tools: [ToolDefinition]
    ) throws(PackFault) -> EgressSecret.Placement {
        switch secret.placement {
        case .header(let name, let prefix, let suffix):
            return .header(name: name, prefix: prefix, suffix: suffix)
        case .query(let name): return .query(name: name)
        case nil: break
        }
        let kinds = Set(
            tools.flatMap(\.authSlots).filter { $0.slot == secret.slot }.map(\.kind))
        switch kinds {
        case [.bearer]: return .header(name: "Authorization", prefix: "Bearer ", suffix: "")
        case [.basic]: return .basic
        default: throw .egressPlacement(slot: secret.slot)
        }
    }
}
