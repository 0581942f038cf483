internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
package import RIGLoop
package import RIGModel
package import RIGPipeline
package import RIGServer

/// RGP 1 (spec/rgp/openapi.yaml): turns requests into calls and questions, and what comes of them
/// into answers. Decides nothing itself.
@RequestLoop
package final class RGPFront: HTTPHandler {
    /// For what is no call: a note at most.
    private static let smallBodyBytesMax = 16 << 10

    let gateway: Gateway
    let access: Access
    /// What is not this front's own to do or to know.
    let surroundings: Surroundings
    /// Lent to one envelope at a time.
    var scanner = Scanner(capacityBytes: 16 << 10)
    let approvals: ApprovalList
    var statistics = FrontStatistics()

    package struct Surroundings {
        /// Of the database, for reading.
        package let database: String
        /// The OpenAPI document as JSON.
        package let description: [UInt8]
        /// Loads rig.yaml anew and serves it; what was wrong otherwise.
        package let reload: @RequestLoop () async -> Result<Void, RTPError>
        package let startedMilliseconds: Int64

        package init(
            database: String, description: [UInt8], startedMilliseconds: Int64,
            reload: @escaping @RequestLoop () async -> Result<Void, RTPError>
        ) {
            self.database = database
            self.description = description
            self.startedMilliseconds = startedMilliseconds
            self.reload = reload
        }
    }

    /// Set once there is a server, for what it counts.
    package weak var server: Server?

    package init(_ gateway: Gateway, _ access: Access, _ surroundings: Surroundings) {
        self.gateway = gateway
        self.access = access
        self.surroundings = surroundings
        approvals = ApprovalList(surroundings.database)
    }

    package func admit(_ exchange: HTTPExchange) {
        var correlationID: CorrelationID?
        do throws(RTPError) {
            let id = try Self.correlationID(exchange) ?? gateway.makeCorrelationID()
            correlationID = id
            try access.checkOrigin(exchange)
            let path = exchange.input.string(exchange.head.target.path)
            guard let route = RGPRoute(path: path) else {
                return RGPReply.fail(
                    exchange, .invalidRequest("there is nothing at this path"), id, status: 404)
            }
            guard route.takes(exchange.head.method) else {
                return RGPReply.fail(
                    exchange, .invalidRequest("this path takes another method"), id, status: 405,
                    allow: route.allowed)
            }
            let identity = try identity(exchange, route)
            if case .call = route {} else { exchange.bodyBytesMax = Self.smallBodyBytesMax }
            exchange.context = RGPRequest(exchange, route, identity, id)
        } catch {
            statistics.refused += 1
            RGPReply.fail(exchange, error, correlationID ?? gateway.makeCorrelationID())
        }
    }

    package func handle(_ exchange: HTTPExchange) async {
        guard let request = exchange.context as? RGPRequest else {
            preconditionFailure("what is handled was admitted")
        }
        statistics.count(request.route)
        do throws(RTPError) {
            switch request.route {
            case .call(let tool): try await call(request, tool)
            case .tools: try listTools(request)
            case .tool(let name): try showTool(request, name)
            case .approvals: try await listApprovals(request)
            case .approval(let id): try await showApproval(request, id)
            case .decide(let id, let event): try await decide(request, id, event)
            case .audit: try await audit(request)
            case .snapshots: try listSnapshots(request)
            case .reload: try await reload(request)
            case .alive: request.reply(200, ["ok": true])
            case .ready: try showReadiness(request)
            case .metrics: try showMetrics(request)
            case .description:
                exchange.output.append(contentsOf: surroundings.description)
                request.reply(200)
            }
        } catch {
            request.fail(error)
        }
    }

    private func identity(
        _ exchange: HTTPExchange, _ route: RGPRoute
    ) throws(RTPError) -> Identity? {
        switch route.audience {
        case .anyone:
            // Who shows a credential is told more, and told when it is wrong.
            return exchange.field("authorization") == .none ? nil : try access.identity(exchange)
        case .agent: return try access.identity(exchange)
        case .operator(let action): return try access.requireOperator(exchange, to: action)
        }
    }

    private static func correlationID(
        _ exchange: HTTPExchange
    ) throws(RTPError) -> CorrelationID? {
        switch exchange.field("x-rig-correlation-id") {
        case .none: return nil
        case .repeated: throw .invalidRequest("X-RIG-Correlation-Id is repeated")
        case .one(let range):
            guard let id = CorrelationID(given: exchange.input.string(range)) else {
                throw .invalidRequest("X-RIG-Correlation-Id is no correlation id")
            }
            return id
        }
    }
}
