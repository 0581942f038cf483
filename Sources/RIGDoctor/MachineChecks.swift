package import RIGSandbox

/// What this machine can enforce, found by trying, and what the configured level makes of it.
package enum MachineChecks {
    package static func all(_ facts: SandboxFacts, level: SandboxLevel) -> [HealthCheck] {
        walls(facts, level) + [verdict(facts, level)]
    }

    private static func walls(_ facts: SandboxFacts, _ level: SandboxLevel) -> [HealthCheck] {
        var checks = [
            HealthCheck(
                "kernel.landlock", facts.landlockABI > 0 ? .good : .bad,
                facts.landlockABI > 0
                    ? "Landlock denies (ABI \(facts.landlockABI) in use)"
                    : "Landlock does not deny",
                hint: facts.landlockABI > 0
                    ? nil : "a kernel from 5.13 on, started with lsm=landlock,…"),
            HealthCheck(
                "kernel.seccomp", facts.canFilter ? .good : .bad,
                facts.canFilter ? "seccomp filters deny" : "seccomp filters do not deny",
                hint: facts.canFilter ? nil : "a kernel with CONFIG_SECCOMP_FILTER"),
            HealthCheck(
                "kernel.exec_once", facts.canNotify || facts.canTrace ? .good : .bad,
                facts.canNotify
                    ? "exec ends by a seccomp listener"
                    : facts.canTrace ? "exec ends by tracing" : "nothing can end exec",
                hint: facts.canNotify || facts.canTrace
                    ? nil : "whatever supervises rig forbids seccomp listeners and ptrace"),
            HealthCheck(
                "kernel.own_uid", facts.canChangeIdentity ? .good : .worth,
                facts.canChangeIdentity
                    ? "workers can have a uid of their own"
                    : "workers share the sidecar's uid: rig may not change uids"),
        ]
        checks.append(namespaces(facts, level))
        return checks
    }

    private static func namespaces(_ facts: SandboxFacts, _ level: SandboxLevel) -> HealthCheck {
        switch facts.namespaces {
        case .built(let hasProc, let forbidsNesting, let mapsOwners):
            var lacks: [String] = []
            if !hasProc { lacks.append("no /proc of its own") }
            if !forbidsNesting { lacks.append("nested namespaces refused by the filter alone") }
            if !mapsOwners { lacks.append("no mapped owners") }
            let more = lacks.isEmpty ? "" : ": " + lacks.joined(separator: ", ")
            return HealthCheck(
                "kernel.namespaces", .good, "a whole jail with namespaces can be built" + more)
        case .refused:
            let walls = facts.missing(for: .strict).map(\.text)
            return HealthCheck(
                "kernel.namespaces", level == .strict ? .bad : .worth,
                walls.last ?? "no namespaces",
                hint: "allow user namespaces (sysctl user.max_user_namespaces; in a container: "
                    + "hostUsers: false, or a seccomp profile with unshare and mount)")
        }
    }

    private static func verdict(_ facts: SandboxFacts, _ level: SandboxLevel) -> HealthCheck {
        if level == .none {
            return HealthCheck(
                "sandbox.level", .bad,
                "NONE: PACKS RUN UNCONFINED, with all that the user who runs rig may do",
                hint: "write sandbox.level: \(facts.strongestLevel.name)")
        }
        let missing = facts.missing(for: level)
        if !missing.isEmpty {
            let why = missing.map(\.text).joined(separator: "; ")
            return HealthCheck(
                "sandbox.level", .bad, "\(level.name) cannot be enforced here: \(why)",
                hint: facts.strongestLevel == .none
                    ? nil : "the strongest that holds is \(facts.strongestLevel.name)")
        }
        if level < facts.strongestLevel {
            return HealthCheck(
                "sandbox.level", .worth, "\(level.name), and this machine can enforce more",
                hint: "write sandbox.level: \(facts.strongestLevel.name)")
        }
        return HealthCheck(
            "sandbox.level", .good,
            "\(level.name), the strongest this machine can enforce; rig doctor --sandbox tries it")
    }
}
