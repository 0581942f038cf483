package import RIGConfig
package import RIGLinux
package import RIGPack
package import RIGSandbox
internal import RIGWorker

/// The escape attempts, run live in a worker that is made as every pack's: its plan comes from a
/// pack without grants in a rig.yaml, and only the file that the interpreter runs is another one.
package struct SandboxTrial: Sendable {
    package let level: SandboxLevel
    package let machine: Machine
    package let runners: RunnersConfig
    /// Also what uses a resource up: memory, disk, threads.
    package let isHeavy: Bool
    /// The worker is granted network egress, where the level has it, and a data folder: what is
    /// opened for these must open nothing else.
    package let isGranted: Bool

    package init(
        level: SandboxLevel, machine: Machine, runners: RunnersConfig, isHeavy: Bool,
        isGranted: Bool = false
    ) {
        self.level = level
        self.machine = machine
        self.runners = runners
        self.isHeavy = isHeavy
        self.isGranted = isGranted
    }

    /// Runs the probes of one runtime. Blocks for some seconds but for the launch.
    package func run(_ runtime: Interpreter.Runtime) async throws(TrialFault) -> TrialReport {
        let scratch = try Self.makeScratch()
        let result = await attempt(runtime, scratch)
        do throws(Errno) {
            try Directory.removeTree(scratch)
        } catch {
            throw .scratch(error)
        }
        return try result.get()
    }

    /// Not in /tmp where that can be helped: a worker has one of its own, and what it made there
    /// under the canary's name would look like the canary to it.
    private static func makeScratch() throws(TrialFault) -> String {
        do throws(Errno) {
            let isThere = try FileStatus.ifPresent("/var/tmp")?.kind == .directory
            let scratch = try Directory.makeTemporary(
                in: isThere ? "/var/tmp" : "/tmp", prefix: "rig-doctor-")
            try File.setMode(scratch, 0o711)
            return scratch
        } catch {
            throw .scratch(error)
        }
    }

    private func attempt(
        _ runtime: Interpreter.Runtime, _ scratch: String
    ) async -> Result<TrialReport, TrialFault> {
        do throws(TrialFault) {
            let pack = try ProbePack(runtime, in: scratch)
            var plan = try pack.plan(self, scratch)
            let canary = try wrap { () throws(Errno) in
                try Canary.lay(in: scratch, readOnlyFile: pack.readOnlyFile)
            }
            let named = try wrap { () throws(Errno) in try canary.environment() }
            plan.jail.environment.merge(named) { $1 }
            plan.jail.environment["RIG_HEAVY"] = isHeavy ? "1" : "0"
            plan.jail.environment["RIG_LAST"] = "0"
            if isGranted { try wrap { () throws(Errno) in try grant(&plan, scratch) } }
            let sibling = try await Sibling.start(plan, runtime)
            plan.jail.environment.merge(sibling.environment) { $1 }
            let probe = try await ProbeWorker.run(plan)
            try sibling.end()
            let output = ProbeOutput(probe.output)
            var attempts = InsideOut.attempts(probe.status) + output.attempts
            var fault = output.isSummed ? nil : "the worker \(probe.endText)"
            plan.jail.environment["RIG_LAST"] = nil
            for name in output.later where isHeavy || !name.hasPrefix("use.") {
                plan.jail.environment["RIG_ONLY"] = name
                let alone = try await ProbeWorker.run(plan)
                if let one = ProbeOutput.verdict(on: name, alone.output, end: alone.end) {
                    attempts.append(one)
                } else {
                    fault = fault ?? "\(name) has no verdict: the worker \(alone.endText)"
                }
            }
            let touched = try wrap { () throws(Errno) in try canary.touched() }
            return .success(
                TrialReport(
                    runtime: runtime, version: plan.jail.interpreter.version, level: level,
                    attempts: attempts, touched: touched, fault: fault))
        } catch {
            return .failure(error)
        }
    }

    private func grant(_ plan: inout WorkerPlan, _ scratch: String) throws(Errno) {
        let data = Path.join(scratch, "data")
        try File.makeDirectory(data)
        try File.setMode(data, 0o777)
        plan.jail.writable.append(data)
        plan.jail.environment["RIG_DATA"] = data
        guard level == .strict else { return }
        // Nobody answers there: that it can be reached at all is what was granted.
        plan.jail.listeners.append(JailListener(address: 0x7f01_0001, port: 3128))
        plan.jail.environment["RIG_ALLOW"] = Self.grantedNames.joined(separator: ",")
    }

    /// What the network group of the profile gives by design: TCP sockets, whose every address but
    /// the granted ones leads nowhere, and messages, which carry descriptors to oneself at most.
    private static let grantedNames = [
        "net.socket_tcp", "net.socket_high_bits", "net.scm_rights_passing", "net.raw_connect_call",
    ]

    private func wrap<Value: ~Copyable>(
        _ body: () throws(Errno) -> Value
    ) throws(TrialFault) -> Value {
        do throws(Errno) {
            return try body()
        } catch {
            throw .system(error)
        }
    }
}

/// Why no trial could be made; nothing is known of the jail then.
package enum TrialFault: Error, Sendable {
    case scratch(Errno)
    case system(Errno)
    case config(ConfigErrors)
    case pack(PackFault)
    case sandbox(SandboxError)

    package var text: String {
        switch self {
        case .scratch(let error): "the scratch folder: \(error.text)"
        case .system(let error): error.text
        case .config(let errors): errors.first.why
        case .pack(let fault): fault.why
        case .sandbox(let error): error.text
        }
    }
}
