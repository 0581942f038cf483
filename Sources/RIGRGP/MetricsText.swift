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
    static func append(_ front: RGPFront, to output: ByteBuffer) {
        let live = front.gateway.snapshot
        family("rig_rgp_requests_total", "counter", "Requests served, by operation.", output)
        for (name, count) in front.statistics.requests.sorted(by: { $0.key < $1.key }) {
            output.append("rig_rgp_requests_total{operation=\"\(name)\"} \(count)\n")
        }
        one(
            "rig_rgp_refused_total", "counter", "Requests refused by their head.",
            front.statistics.refused, output)
        if let server = front.server {
            one(
                "rig_http_connections", "gauge", "Open connections.", server.connectionCount, output
            )
            one(
                "rig_http_requests_total", "counter", "Requests read whole.", server.requestCount,
                output)
            one(
                "rig_http_malformed_total", "counter", "Messages that could not be read.",
                server.faultCount, output)
            one(
                "rig_http_timeouts_total", "counter", "Requests that took too long to arrive.",
                server.timeoutCount, output)
            one(
                "rig_http_shed_total", "counter", "Connections closed for want of room.",
                server.shedCount, output)
        }
        one("rig_tools", "gauge", "Tools of the snapshot.", live.snapshot.tools.count, output)
        one("rig_packs", "gauge", "Packs that serve.", live.snapshot.packs.count, output)
        one(
            "rig_packs_failed", "gauge", "Packs that could not be loaded.", live.failures.count,
            output)
        appendPacks(live.conditions, output)
        one(
            "rig_process_start_time_seconds", "gauge", "When this process began to serve.",
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

    private static func appendPacks(_ packs: [PackCondition], _ output: ByteBuffer) {
        func each(
            _ name: String, _ type: String, _ help: String, _ value: (PackCondition) -> Int
        ) {
            family(name, type, help, output)
            for pack in packs {
                output.append("\(name){pack=\"\(pack.namespace)\"} \(value(pack))\n")
            }
        }
        each("rig_pack_ready", "gauge", "Whether calls are let through.") { $0.isReady ? 1 : 0 }
        each("rig_pack_workers", "gauge", "Worker processes.") { $0.workers }
        each("rig_pack_calls_held", "gauge", "Calls that workers have.") { $0.callsHeld }
        each("rig_pack_calls_queued", "gauge", "Calls that wait for a worker.") { $0.callsQueued }
        each("rig_pack_breaker_opened_total", "counter", "Times the breaker opened.") {
            $0.timesOpened
        }
        each("rig_pack_turned_away_total", "counter", "Calls the breaker refused.") {
            $0.callsTurnedAway
        }
        each("rig_pack_shed_total", "counter", "Calls the full queue refused.") { $0.callsShed }
        each("rig_pack_retries_total", "counter", "Retries.") { $0.retries }
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
        _ name: String, _ label: String, _ histogram: Histogram, _ output: ByteBuffer
    ) {
        let times = HistogramSnapshot(histogram)
        for (bound, count) in zip(HistogramSnapshot.boundsSeconds, times.cumulativeCounts) {
            output.append("\(name)_bucket{\(label),le=\"\(bound)\"} \(count)\n")
        }
        output.append("\(name)_bucket{\(label),le=\"+Inf\"} \(times.count)\n")
        output.append("\(name)_sum{\(label)} \(Double(times.sumNanoseconds) / 1e9)\n")
        output.append("\(name)_count{\(label)} \(times.count)\n")
    }
}
