package import RIGEgress
internal import RIGLinux
package import RIGSandbox
package import RIGWorker

/// What this machine and installation give to jails: probed once a program, off the loop.
package struct Machine: Sendable {
    package let installation: Installation
    package let facts: SandboxFacts
    /// The variables that this process was started with.
    let environment: [String: String]
    private let filters = FilterCache()
    /// Serves workers' connections; without it no worker has any.
    package var egress: EgressService?

    /// Probes the kernel by doing. Blocks for some milliseconds.
    package init(
        _ installation: Installation, environment: [String: String]
    ) throws(SandboxError) {
        self.installation = installation
        self.environment = environment
        facts = try SandboxProbe.run(launcher: installation.launcher)
    }

    /// The program that runs packs of `runtime`. Runs it once; blocks.
    package func interpreter(
        _ runtime: Interpreter.Runtime, named name: String
    ) throws(SandboxError) -> Interpreter {
        try Interpreter.find(runtime, name: name, environment: environment)
    }

    /// What a worker of `runtime` needs beside its own plan.
    /// - Parameter allowsJIT: Without, node runs under python's profile: memory that is written is
    ///   never executed.
    package func jail(
        _ runtime: Interpreter.Runtime, allowsJIT: Bool = true
    ) throws(SandboxError) -> JailMachine {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try File.readWhole(
                installation.profile(allowsJIT ? runtime : .python),
                sizeBytesMax: SandboxProfile.bytesMax)
        } catch {
            throw .system(.readProfile, error)
        }
        return JailMachine(
            launcher: installation.launcher, facts: facts,
            profile: try SandboxProfile.parse(bytes), filters: filters)
    }
}
