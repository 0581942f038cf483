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
        plan.egress = WorkerEgress { sockets, processID in
            let door = service.serve(sockets, policy, for: pack, workerPID: processID)
            return { door.close() }
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
