/// What a caller wants run, before it is known what this machine makes of it.
package struct JailRequest: Sendable {
    package var level: SandboxLevel
    package var interpreter: Interpreter
    /// After argument 0: options, then the runner's file.
    package var arguments: [String]
    /// Added to HOME, TMPDIR and LANG, and stronger.
    package var environment: [String: String]
    package var workDirectory: String
    /// The runner and the pack: files or directories, absolute.
    package var readable: [String]
    /// Data directory and granted workspace.
    package var writable: [String]
    package var limits: JailLimits
    package var capabilities: Set<SandboxCapability>
    /// A uid (and gid) that no other process has, for a sidecar that runs as root; see
    /// `IdentityPool`. nil keeps the sidecar's.
    package var ownID: UInt32?
    /// Where the sidecar will serve this worker's connections; needs level strict, and adds
    /// `SandboxCapability.network`.
    package var listeners: [JailListener]
    /// Names beside localhost that the worker can look up.
    package var hosts: [JailHost]

    package init(
        level: SandboxLevel, interpreter: Interpreter, arguments: [String],
        environment: [String: String] = [:], workDirectory: String, readable: [String],
        writable: [String] = [], limits: JailLimits = JailLimits(),
        capabilities: Set<SandboxCapability> = [.writeFiles], ownID: UInt32? = nil,
        listeners: [JailListener] = [], hosts: [JailHost] = []
    ) {
        self.level = level
        self.interpreter = interpreter
        self.arguments = arguments
        self.environment = environment
        self.workDirectory = workDirectory
        self.readable = readable
        self.writable = writable
        self.limits = limits
        self.capabilities = capabilities
        self.ownID = ownID
        self.listeners = listeners
        self.hosts = hosts
    }
}

extension JailPlan {
    /// Read by nearly every program and giving nothing away. Not /dev/zero: a shared mapping of it
    /// is memory that no limit counts.
    private static let devices = [
        GrantedPath("/dev/null", [.read, .write]), GrantedPath("/dev/urandom", .read),
    ]

    /// Settles everything that depends on the machine.
    /// - Throws: `levelUnavailable` where `facts` does not hold what the level needs, and
    ///   `capabilityUnavailable` for one that this level cannot contain.
    package static func make(
        _ request: JailRequest, on facts: SandboxFacts, profile: SandboxProfile,
        filters: FilterCache
    ) throws(SandboxError) -> JailPlan {
        guard request.level <= facts.strongestLevel else {
            throw .levelUnavailable(request.level, lacks: facts.missing(for: request.level))
        }
        let usesNetwork = !request.listeners.isEmpty || request.capabilities.contains(.network)
        if usesNetwork && request.level < .strict {
            throw .capabilityUnavailable(.network, request.level)
        }
        guard request.listeners.count <= JailListener.countMax,
            request.listeners.allSatisfy(\.isLoopback), request.hosts.allSatisfy(\.isPlain)
        else { throw .networkUnavailable }
        let interpreter = request.interpreter
        var paths = [GrantedPath(interpreter.executable, [.read, .execute])]
        if let linker = interpreter.dynamicLinker {
            paths.append(GrantedPath(linker, [.read, .execute]))
        }
        paths += (interpreter.readable + request.readable).map { GrantedPath($0, .read) }
        paths += ([request.workDirectory] + request.writable).map {
            GrantedPath($0, [.read, .write])
        }
        paths += devices

        let identity = WorkerIdentity.choose(
            ownID: request.ownID, facts: facts, paths: paths, chowned: request.workDirectory)
        var limits = request.limits
        var capabilities = request.capabilities
        if usesNetwork { capabilities.insert(.network) }
        if case .own = identity {
            capabilities.insert(.ownFiles)
        } else {
            // Counted together with everything else of the sidecar's user.
            limits.threads = nil
            capabilities.remove(.ownFiles)
        }
        return JailPlan(
            level: request.level, executable: interpreter.executable,
            arguments: [interpreter.executable] + request.arguments,
            environment: environment(request), workDirectory: request.workDirectory, paths: paths,
            limits: limits, identity: identity,
            landlockABI: request.level == .none ? 0 : facts.landlockABI,
            execOnce: facts.canNotify ? .notify : .trace,
            filter: request.level == .none ? nil : try filters.filter(profile, capabilities),
            outOfMemoryScore: 800, listeners: request.listeners, hosts: request.hosts)
    }

    private static func environment(_ request: JailRequest) -> [String: String] {
        let base = [
            "HOME": request.workDirectory, "TMPDIR": request.workDirectory, "LANG": "C.UTF-8",
        ]
        return base.merging(request.environment) { _, chosen in chosen }
    }
}
