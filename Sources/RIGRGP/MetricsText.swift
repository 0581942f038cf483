internal import RIGBytes
internal import RIGLinux
internal import RIGLoop
internal import RIGPipeline
internal import RIGRegistry
internal import RIGServer
internal import RIGWorker

/// What this front has counted.
struct FrontStatistics {
    private(set) var requests: [String: Int] = [:]
    /// Turned away by their head.
    var refused = 0

    mutating func count(_ route: RGPRoute) {
        requests[route.name, default: 0] += 1
    }
}

/// The exposition format of Prometheus, version 0.0.4.
@RequestLoop
enum MetricsText {
    /// Upper edges of the histograms, in microseconds.
    private static let edges = [
        10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000,
        500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000,
    ]

    static func append(_ front: RGPFront, to output: ByteBuffer) {
        let live = front.gateway.snapshot
        family("rig_rgp_requests_total", "counter", "Requests served, by operation.", output)
        for (name, count) in front.statistics.requests.sorted(by: { $0.key < $1.key }) {
            output.append("rig_rgp_requests_total{operation=\"\(name)\"} \(count)\n")
        }
        one("rig_rgp_refused_total", "counter", "Requests refused by their head.",
            front.statistics.refused, output)
        if let server = front.server {
            one("rig_http_connections", "gauge", "Open connections.", server.connectionCount, output)
            one("rig_http_requests_total", "counter", "Requests read whole.", server.requestCount,
                output)
            one("rig_http_malformed_total", "counter", "Messages that could not be read.",
                server.faultCount, output)
            one("rig_http_timeouts_total", "counter", "Requests that took too long to arrive.",
                server.timeoutCount, output)
            one("rig_http_shed_total", "counter", "Connections closed for want of room.",
                server.shedCount, output)
        }
        one("rig_tools", "gauge", "Tools of the snapshot.", live.snapshot.tools.count, output)
        one("rig_packs", "gauge", "Packs that serve.", live.snapshot.packs.count, output)
        one("rig_packs_failed", "gauge", "Packs that could not be loaded.", live.failures.count,
            output)
        let loads = live.pools.map(\.load)
        one("rig_workers", "gauge", "Worker processes.", loads.reduce(0) { $0 + $1.workers }, output)
        one("rig_calls_held", "gauge", "Calls that workers have.", loads.reduce(0) { $0 + $1.held },
            output)
        one("rig_calls_queued", "gauge", "Calls that wait for a worker.",
            loads.reduce(0) { $0 + $1.queued }, output)
        one("rig_process_start_time_seconds", "gauge", "When this process began to serve.",
            Int(front.surroundings.startedMilliseconds / 1_000), output)
        family("rig_stage_seconds", "histogram", "Time of a call by stage.", output)
        for stage in Stage.allCases {
            histogram(
                "rig_stage_seconds", "stage=\"\(stage.name)\"", front.gateway.times[stage], output)
        }
        family("rig_tool_seconds", "histogram", "Time of a call by tool.", output)
        for route in live.routes where route.durations.total > 0 {
            histogram("rig_tool_seconds", "tool=\"\(route.tool.name)\"", route.durations, output)
        }
    }

    private static func family(
        _ name: String, _ type: String, _ help: String, _ output: ByteBuffer
    ) {
        output.append("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
    }

    private static func one(
        _ name: String, _ type: String, _ help: String, _ value: Int, _ output: ByteBuffer
    ) {
        family(name, type, help, output)
        output.append("\(name) \(value)\n")
    }

    private static func histogram(
        _ name: String, _ label: String, _ times: Histogram, _ output: ByteBuffer
    ) {
        for edge in edges {
            let count = times.count(upTo: UInt64(edge) * 1_000)
            output.append("\(name)_bucket{\(label),le=\"\(seconds(edge))\"} \(count)\n")
        }
        output.append("\(name)_bucket{\(label),le=\"+Inf\"} \(times.total)\n")
        output.append("\(name)_sum{\(label)} \(Double(times.sumNanoseconds) / 1e9)\n")
        output.append("\(name)_count{\(label)} \(times.total)\n")
    }

    private static func seconds(_ microseconds: Int) -> String {
        "\(Double(microseconds) / 1e6)"
    }
}
