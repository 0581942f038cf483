internal import RIGApproval
internal import RIGHTTP

/// What a request is for: one case for each operation of spec/rgp/openapi.yaml.
enum RGPRoute: Equatable, Sendable {
    case tools
    case tool(String)
    case call(String)
    case approvals
    case approval(String)
    case decide(String, ApprovalEvent)
    case audit
    case snapshots
    case reload
    case alive
    case ready
    case metrics
    case description

    /// nil when there is no such path. Segments are compared as they are spelled, and names are
    /// decoded.
    init?(path: String) {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map(String.init)
        switch (parts.count, parts[0]) {
        case (1, "healthz"): self = .alive
        case (1, "readyz"): self = .ready
        case (1, "metrics"): self = .metrics
        case (1, "openapi.json"): self = .description
        case (2..., "v1"): self.init(version1: Array(parts.dropFirst()))
        default: return nil
        }
    }

    private init?(version1 parts: [String]) {
        switch (parts.count, parts[0]) {
        case (1, "tools"): self = .tools
        case (1, "approvals"): self = .approvals
        case (1, "audit"): self = .audit
        case (1, "snapshots"): self = .snapshots
        case (1, "reload"): self = .reload
        case (2, "tools"): self = .tool(PercentText.decode(parts[1]))
        case (3, "tools") where parts[2] == "call": self = .call(PercentText.decode(parts[1]))
        case (2, "approvals"): self = .approval(PercentText.decode(parts[1]))
        case (3, "approvals") where parts[2] == "approve":
            self = .decide(PercentText.decode(parts[1]), .approve)
        case (3, "approvals") where parts[2] == "deny":
            self = .decide(PercentText.decode(parts[1]), .deny)
        default: return nil
        }
    }

    /// Whether it changes something, and so is asked for by POST.
    var isPost: Bool {
        switch self {
        case .call, .decide, .reload: true
        default: false
        }
    }

    func takes(_ method: HTTPMethod) -> Bool {
        isPost ? method == .post : method == .get || method == .head
    }

    var allowed: StaticString { isPost ? "POST" : "GET, HEAD" }

    enum Audience: Equatable {
        case anyone
        case agent
        /// With what others may not do, as it follows "may not".
        case `operator`(String)
    }

    var audience: Audience {
        switch self {
        case .alive, .ready, .description: .anyone
        case .tools, .tool, .call, .metrics: .agent
        case .approvals, .approval: .operator("read approvals")
        case .decide: .operator("decide on approvals")
        case .audit: .operator("read the audit")
        case .snapshots: .operator("read snapshots")
        case .reload: .operator("reload")
        }
    }

    /// For /metrics.
    var name: String {
        switch self {
        case .tools: "tools"
        case .tool: "tool"
        case .call: "call"
        case .approvals: "approvals"
        case .approval: "approval"
        case .decide: "decide"
        case .audit: "audit"
        case .snapshots: "snapshots"
        case .reload: "reload"
        case .alive: "healthz"
        case .ready: "readyz"
        case .metrics: "metrics"
        case .description: "openapi"
        }
    }
}
