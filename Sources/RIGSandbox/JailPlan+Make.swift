/// What a caller wants run, before it is known what this machine makes of it.
package struct JailRequest: Sendable {
    package var level: SandboxLevel
    package var interpreter: Interpreter
    /// After argument 0: options, then the runner's file.
    package var arguments: [String]
    /// Added to HOME, TMPDIR and LANG, and stronger.
    package var environment: [String: String]
    /// A directory of the host, for a level without a mount namespace.
    package var workDirectory: String
    /// Of the work directory that a mount namespace has in memory.
    package var workBytes: UInt64 = 64 << 20
    /// The runner and the pack: files or directories, absolute.
    package var readable: [String]
    /// Of `readable`, what brings native code: its files may be mapped as code.
    package var native: [String] = []
    /// Data directory and granted workspace.
    package var writable: [String]
    package var limits: JailLimits
    package var capabilities: Set<SandboxCapability>
    /// A uid (and gid) that no other process has, for a sidecar that runs as root; see
    /// `IdentityPool`. nil keeps the sidecar's; at level strict one is taken from the shared pool.
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
    /// - Throws: `levelUnavailable` where `facts` does not hold what the level needs,
    ///   `capabilityUnavailable` for one that this level cannot contain, and what else refuses the
    ///   request.
    package static func make(
        _ request: JailRequest, on facts: SandboxFacts, profile: SandboxProfile,
        filters: FilterCache
    ) throws(SandboxError) -> JailPlan {
        let lacks = facts.missing(for: request.level)
        guard lacks.isEmpty else { throw .levelUnavailable(request.level, lacks: lacks) }
        try checkNetwork(request)
        return request.level == .strict
            ? try strict(request, on: facts, profile: profile, filters: filters)
            : try base(request, on: facts, profile: profile, filters: filters)
    }

    private static func checkNetwork(_ request: JailRequest) throws(SandboxError) {
        let usesNetwork = !request.listeners.isEmpty || request.capabilities.contains(.network)
        if usesNetwork && request.level < .strict {
            throw .capabilityUnavailable(.network, request.level)
        }
        guard request.listeners.count <= JailListener.countMax,
            request.listeners.allSatisfy(\.isLoopback), request.hosts.allSatisfy(\.isPlain)
        else { throw .networkUnavailable }
    }

    /// The interpreter and what it reads, the request's paths and devices.
    private static func paths(_ request: JailRequest) -> [GrantedPath] {
        let interpreter = request.interpreter
        var paths = [GrantedPath(interpreter.executable, [.read, .execute])]
        if let linker = interpreter.dynamicLinker {
            paths.append(GrantedPath(linker, [.read, .execute]))
        }
        paths += interpreter.readable.map { GrantedPath($0, [.read, .map]) }
        paths += request.readable.map {
            GrantedPath($0, request.native.contains($0) ? [.read, .map] : .read)
        }
        paths += request.writable.map { GrantedPath($0, [.read, .write]) }
        return paths + devices
    }

    private static func base(
        _ request: JailRequest, on facts: SandboxFacts, profile: SandboxProfile,
        filters: FilterCache
    ) throws(SandboxError) -> JailPlan {
        let paths = paths(request) + [GrantedPath(request.workDirectory, [.read, .write])]
        let identity = WorkerIdentity.choose(
            ownID: request.ownID, facts: facts, paths: paths, chowned: request.workDirectory)
        var limits = request.limits.settled(for: request.interpreter.runtime)
        var capabilities = request.capabilities
        if case .own = identity {
            capabilities.insert(.ownFiles)
        } else {
            // Counted together with everything else of the sidecar's user.
            limits.threads = nil
            capabilities.remove(.ownFiles)
        }
        let work = request.workDirectory
        return JailPlan(
            level: request.level, executable: request.interpreter.executable,
            arguments: [request.interpreter.executable] + request.arguments,
            environment: environment(request, home: work, temporary: work), workDirectory: work,
            hostWorkDirectory: work, paths: paths, limits: limits, identity: identity,
            landlockABI: request.level == .none ? 0 : facts.landlockABI,
            execOnce: facts.canNotify ? .notify : .trace,
            filter: request.level == .none ? nil : try filters.filter(profile, capabilities),
            outOfMemoryScore: 800, listeners: [], hosts: [], interior: nil, lease: nil)
    }

    private static func strict(
        _ request: JailRequest, on facts: SandboxFacts, profile: SandboxProfile,
        filters: FilterCache
    ) throws(SandboxError) -> JailPlan {
        guard case .built(let hasProc, let forbidsNesting, let mapsOwners) = facts.namespaces else {
            preconditionFailure("a level is available only where nothing is missing")
        }
        let granted = request.readable + request.writable
        if let taken = granted.first(where: JailInterior.isTaken) { throw .pathUnavailable(taken) }
        let (identity, lease) = try ownIdentity(request, facts)
        var paths = paths(request)
        if let loader = request.interpreter.loaderName {
            paths.append(GrantedPath(loader, [.read, .execute]))
        }
        if case .own = identity {
            for index in paths.indices where granted.contains(paths[index].path) {
                let path = paths[index]
                guard mapsOwners || WorkerIdentity.canStranger(use: path) else {
                    throw .identityUnavailable(path: path.path)
                }
                if mapsOwners {
                    paths[index] = GrantedPath(path.path, path.rights.union(.own))
                }
            }
        }
        let work = JailInterior.workDirectory(beside: paths.map(\.path))
        // Modes and times of files can be changed only where mounts let them be written, and
        // threads are counted by namespace.
        var capabilities = request.capabilities.union([.ownFiles])
        if !request.listeners.isEmpty { capabilities.insert(.network) }
        return JailPlan(
            level: .strict, executable: request.interpreter.executable,
            arguments: [request.interpreter.executable] + request.arguments,
            environment: environment(
                request, home: work, temporary: JailInterior.temporaryDirectory),
            workDirectory: work, hostWorkDirectory: nil, paths: merged(paths),
            limits: request.limits.settled(for: request.interpreter.runtime),
            identity: identity, landlockABI: facts.landlockABI,
            execOnce: facts.canNotify ? .notify : .trace,
            filter: try filters.filter(profile, capabilities), outOfMemoryScore: 800,
            listeners: request.listeners, hosts: request.hosts,
            interior: JailInterior.make(
                request, workDirectory: work, hasProc: hasProc, forbidsNesting: forbidsNesting),
            lease: lease)
    }

    /// Root's files stay root's: whoever can change uids gives every worker one of its own.
    private static func ownIdentity(
        _ request: JailRequest, _ facts: SandboxFacts
    ) throws(SandboxError) -> (WorkerIdentity, IdentityLease?) {
        guard facts.canChangeIdentity else { return (.kept(.unprivileged), nil) }
        if let id = request.ownID { return (.own(userID: id, groupID: id), nil) }
        guard let lease = IdentityLease(.shared) else { throw .identityUnavailable(path: nil) }
        return (.own(userID: lease.id, groupID: lease.id), lease)
    }

    /// Each path once, and after every path that it lies in.
    private static func merged(_ paths: [GrantedPath]) -> [GrantedPath] {
        var rights: [String: Rights] = [:]
        for granted in paths { rights[granted.path, default: []].formUnion(granted.rights) }
        return rights.sorted { $0.key < $1.key }.map { GrantedPath($0.key, $0.value) }
    }

    private static func environment(
        _ request: JailRequest, home: String, temporary: String
    ) -> [String: String] {
        let base = ["HOME": home, "TMPDIR": temporary, "LANG": "C.UTF-8"]
        return base.merging(request.environment) { _, chosen in chosen }
    }
}
