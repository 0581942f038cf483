internal import RIGConfig
internal import RIGDoctor
internal import RIGLinux
internal import RIGPack
internal import RIGSandbox

/// What `rig doctor` found, check by check.
struct DoctorFindings {
    var checks: [HealthCheck] = []

    var isHealthy: Bool { checks.allSatisfy { $0.state != .bad } }

    /// The RIG folder; doctor works without one.
    mutating func place(_ arguments: Arguments) -> Workplace? {
        do {
            return try Workplace.find(arguments)
        } catch {
            checks.append(
                HealthCheck("rig.yaml", .worth, "there is none here", hint: "write one: rig init"))
            return nil
        }
    }

    mutating func config(_ place: Workplace) -> Config? {
        do {
            let config = try place.config()
            let packs = config.packs.count
            checks.append(
                HealthCheck("rig.yaml", .good, "\(place.configPath), \(packs) packs"))
            return config
        } catch {
            let failure = ExitReport.failure(of: error, in: .doctor)
            checks.append(
                HealthCheck(
                    "rig.yaml", .bad, "\(failure.what): \(failure.why)", hint: failure.hint))
            return nil
        }
    }

    /// Programs and files. Blocks: runs the interpreters.
    static func machine(_ machine: Machine, _ runners: RunnersConfig) -> [HealthCheck] {
        var checks = [PlaceChecks.installation(machine.installation)]
        for runtime in Interpreter.Runtime.allCases {
            let runner = runtime == .python ? runners.python : runners.node
            guard runner.isEnabled, case .spawn(let program) = runner.address else { continue }
            checks.append(PlaceChecks.interpreter(runtime, named: program, machine))
            checks.append(PlaceChecks.profile(runtime, machine))
        }
        return checks
    }

    mutating func state(_ place: Workplace) {
        do {
            let folder = try place.stateFolder()
            checks.append(HealthCheck("state", .good, "\(folder), closed to others"))
            checks.append(PlaceChecks.store(try place.database()))
            checks.append(PlaceChecks.disk(folder))
        } catch {
            let failure = ExitReport.failure(of: error, in: .doctor)
            checks.append(
                HealthCheck("state", .bad, "\(failure.what): \(failure.why)", hint: failure.hint))
        }
    }

    /// A line a check, and what to do below those that need it.
    var table: String {
        var table = Table("CHECK", "STATE", "WHAT")
        for check in checks { table.add(check.name, check.state.rawValue, check.what) }
        var text = table.text
        let hints = checks.compactMap { check in check.hint.map { "\(check.name): \($0)" } }
        if !hints.isEmpty {
            text += "\n" + hints.map { "hint: " + Printable.escaped($0) + "\n" }.joined()
        }
        return text
    }
}
