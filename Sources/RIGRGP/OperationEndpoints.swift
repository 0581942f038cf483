internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGRegistry
internal import RIGServer

/// What an operator and a supervisor ask of the sidecar itself.
extension RGPFront {
    func listSnapshots(_ request: RGPRequest) throws(RTPError) {
        _ = try Query(request.query, [])
        request.reply(200, ["snapshots": [currentSnapshot()]])
    }

    func reload(_ request: RGPRequest) async throws(RTPError) {
        _ = try Query(request.query, [])
        switch await surroundings.reload() {
        case .success: request.reply(200, ["ok": true, "snapshot": currentSnapshot()])
        case .failure(let error): throw error
        }
    }

    private func currentSnapshot() -> JSONValue {
        let live = gateway.snapshot
        return [
            "current": true, "interface_hash": .string(live.snapshot.interfaceHash.description),
            "pack_set_version": .string(live.snapshot.packSetVersion.description),
            "tools": .number(JSONNumber(live.snapshot.tools.count)),
            "packs": .array(live.snapshot.packs.map(Self.json)), "failures": failures(live),
        ]
    }

    private func failures(_ live: LiveSnapshot) -> JSONValue {
        .array(
            live.failures.sorted { $0.key < $1.key }.map { namespace, error in
                [
                    "namespace": .string(namespace), "type": .string(error.type.rawValue),
                    "message": .string(error.message),
                ]
            })
    }

    /// 200 when calls are taken, also when some packs are not there; 503 when the server ends. Which
    /// packs are missing is told to those who show a token.
    func showReadiness(_ request: RGPRequest) throws(RTPError) {
        _ = try Query(request.query, [])
        let live = gateway.snapshot
        let isDraining = server?.isDraining ?? false
        let isWhole = live.failures.isEmpty && live.conditions.allSatisfy(\.isReady)
        let status = isDraining ? "draining" : isWhole ? "ready" : "degraded"
        var object: JSONObject = ["ok": .bool(!isDraining), "status": .string(status)]
        if request.identity != nil {
            object["packs"] = .array(live.conditions.map(Self.json))
            object["failures"] = failures(live)
        }
        request.reply(isDraining ? 503 : 200, .object(object))
    }

    private static func json(_ condition: PackCondition) -> JSONValue {
        var object: JSONObject = [
            "namespace": .string(condition.namespace), "ready": .bool(condition.isReady),
            "workers": .number(JSONNumber(condition.workers)),
            "calls_held": .number(JSONNumber(condition.callsHeld)),
            "calls_queued": .number(JSONNumber(condition.callsQueued)),
        ]
        object["last_failure"] = condition.lastFailure.map { .string($0) }
        return .object(object)
    }

    func showMetrics(_ request: RGPRequest) throws(RTPError) {
        _ = try Query(request.query, [])
        MetricsText.append(self, to: request.exchange.output)
        request.reply(200, type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
