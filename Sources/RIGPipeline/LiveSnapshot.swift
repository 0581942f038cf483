internal import RIGAudit
package import RIGBytes
internal import RIGJSON
package import RIGLoop
package import RIGModel
package import RIGPolicy
internal import RIGRedact
package import RIGRegistry
package import RIGSecret
package import RIGWorker

/// A registry snapshot with what serves it: a route for every tool, a pool for every pack, and the
/// reason for every pack that is not there.
///
/// Calls hold it strongly, so its pools live until the last of them has ended.
@RequestLoop
package final class LiveSnapshot {
    package let snapshot: Snapshot
    /// In the order of `snapshot.tools`.
    package let routes: [Route]
    /// By namespace: packs of rig.yaml that could not be loaded, and why.
    package let failures: [String: RTPError]
    /// Shared with the snapshots that serve the same packs.
    private let leases: [PoolLease]
    let approvals: ApprovalTerms
    /// The interface hash as every answer shows it.
    let hash: String
    /// What decides; its digest names the policy that an approval was given under.
    package let policy: PolicyProgram
    /// The policy's limits and what has been counted against them.
    let limiter: RateLimiter

    package init(
        _ snapshot: Snapshot, packs: [String: PackService], policy: PolicyProgram,
        failures: [String: RTPError], approvals: ApprovalTerms
    ) {
        self.snapshot = snapshot
        self.policy = policy
        self.approvals = approvals
        limiter = RateLimiter(policy)
        self.failures = failures
        leases = packs.values.map(\.lease).sorted { $0.health.namespace < $1.health.namespace }
        let hash = snapshot.interfaceHash.hex
        self.hash = hash
        routes = snapshot.tools.map { tool in
            guard let service = packs[tool.pack.namespace.text] else {
                preconditionFailure("every pack of a snapshot has its service")
            }
            return Route(tool, service, policy, snapshot: hash)
        }
    }

    /// How every pack that is served does, by namespace.
    package var conditions: [PackCondition] { leases.map(\.health.condition) }

    package func route(_ name: String) -> Route? {
        snapshot.find(name).map { routes[$0] }
    }

    /// Why there is no such tool: its pack could not be loaded, or nobody has it.
    package func unknown(_ name: String) -> RTPError {
        let namespace = String(name.prefix { $0 != "." })
        if let failure = failures[namespace] { return failure }
        let names = snapshot.tools.map(\.name)
        var near = Spelling.near(to: name, in: names)
        // The right tool in a wrong namespace, or in none, is meant however far that is.
        let tool = name.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        let elsewhere = names.filter { $0.split(separator: ".").last == tool }
        near += elsewhere.filter { !near.contains($0) }
        return .toolNotFound(name, suggestions: Array(near.prefix(8)))
    }

    package var pools: [WorkerPool] { leases.map(\.pool) }

    /// Ends the workers once their calls have ended, also those that another snapshot shares: for
    /// the last one, whose end somebody waits for. Others end by themselves.
    package func close() async {
        for pool in pools { await pool.close() }
    }
}

/// What the operator's policy says of approvals.
package struct ApprovalTerms: Sendable {
    /// Names the policy: an approval given under another one does not count.
    package let policy: Digest
    /// How long a person has to decide and the caller to repeat the call.
    package let lifetimeMilliseconds: Int

    package init(policy: Digest, lifetimeMilliseconds: Int) {
        self.policy = policy
        self.lifetimeMilliseconds = lifetimeMilliseconds
    }
}

/// Keeps a pool open for as long as a snapshot serves from it, and closes it then.
@RequestLoop
final class PoolLease {
    let pool: WorkerPool
    /// How the pack does is known of its workers, whichever snapshot sent the calls.
    let health: PackHealth

    init(_ pool: WorkerPool) {
        self.pool = pool
        health = PackHealth(pool.plan.namespace.text, pool)
    }

    isolated deinit {
        let pool = pool
        RequestLoop.start { await pool.close() }
    }
}

/// What serves the tools of one pack; a copy of it in the next snapshot keeps the workers.
package struct PackService {
    let lease: PoolLease
    /// For tools that declare no timeout of their own, and the most those may have.
    package let timeoutMilliseconds: Int
    package let inputBytesMax: Int
    package let outputBytesMax: Int
    /// What the audit says of the walls around the workers.
    package let sandbox: String
    /// What its workers were given.
    package let secrets: PackSecrets

    @RequestLoop
    package init(
        pool: WorkerPool, timeoutMilliseconds: Int, inputBytesMax: Int, outputBytesMax: Int,
        sandbox: String, secrets: PackSecrets
    ) {
        lease = PoolLease(pool)
        self.timeoutMilliseconds = timeoutMilliseconds
        self.inputBytesMax = inputBytesMax
        self.outputBytesMax = outputBytesMax
        self.sandbox = sandbox
        self.secrets = secrets
    }
}

/// All that a call of one tool needs, settled once a snapshot.
@RequestLoop
package final class Route {
    package let tool: Tool
    package let decision: DecisionProgram
    let pool: WorkerPool
    let health: PackHealth
    /// The interface hash.
    let snapshot: String
    let subject: AuditSubject
    let timeoutMilliseconds: Int
    let inputBytesMax: Int
    let outputBytesMax: Int
    /// `ctx.secrets` for this tool.
    let secrets: [UInt8]?
    /// A slot that the tool cannot do without and that has no value.
    let missingSlot: String?
    /// nil when the pack has no secrets.
    let redactor: Redactor?
    let inputLimits: JSONLimits
    let frameLimits: JSONLimits
    package var durations = Histogram()
    /// Names of arguments that the tool declares secret; asked for when the audit keeps any.
    private(set) lazy var secretNames = AuditArguments.secretNames(
        in: tool.definition.inputSchema)

    init(
        _ tool: Tool, _ service: PackService, _ policy: PolicyProgram,
        snapshot: String
    ) {
        let definition = tool.definition
        self.tool = tool
        decision = policy.decision(for: PolicyTool(tool))
        pool = service.lease.pool
        health = service.lease.health
        self.snapshot = snapshot
        subject = AuditSubject(
            tool: tool.name, pack: tool.pack.name, packVersion: tool.pack.version,
            snapshot: snapshot, risk: definition.risk, sandbox: service.sandbox)
        secrets = service.secrets.context(for: definition.authSlots.map(\.slot))
        missingSlot =
            definition.authSlots
            .first { $0.isRequired && !service.secrets.present.contains($0.slot) }?.slot
        redactor = service.secrets.redactor
        timeoutMilliseconds = min(
            definition.timeoutMilliseconds ?? .max, service.timeoutMilliseconds)
        inputBytesMax = service.inputBytesMax
        outputBytesMax = service.outputBytesMax
        inputLimits = JSONLimits(depthMax: Limits.jsonDepthMax, bytesMax: inputBytesMax)
        let frameBytes = Limits.frameBytes(
            inputBytesMax: inputBytesMax, outputBytesMax: outputBytesMax)
        // The output stands one level down in its frame.
        frameLimits = JSONLimits(depthMax: Limits.jsonDepthMax + 1, bytesMax: frameBytes)
    }
}

extension PolicyTool {
    /// A tool as rules see it.
    package init(_ tool: Tool) {
        self.init(
            name: tool.name, pack: tool.pack.name, risk: tool.definition.risk,
            inputSchema: tool.definition.inputSchema)
    }
}
