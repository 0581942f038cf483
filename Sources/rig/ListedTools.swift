internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGPolicy
internal import RIGRegistry

/// The tools as a list shows them, whether packs of this process have them or a running sidecar.
struct ListedTools {
    struct Tool {
        let name: String
        let definition: ToolDefinition
        let isEnabled: Bool
        let pack: String
        let packVersion: String
        /// `allow`, `approve`, `deny`, `depends` or `disabled`.
        let policy: String
        let effects: [String]

        var json: JSONValue {
            guard case .object(var object) = definition.encoded else { return .null }
            object["name"] = .string(name)
            object["pack"] = .string(pack)
            object["pack_version"] = .string(packVersion)
            object["policy"] = .string(policy)
            object["policy_effects"] = .array(effects.map { .string($0) })
            return .object(object)
        }
    }

    /// The interface hash.
    let snapshot: String
    let tools: [Tool]
    /// Packs that could not be loaded, and why.
    let failures: [(namespace: String, message: String)]

    @RequestLoop
    init(_ live: LiveSnapshot, _ caller: PolicyCaller) {
        snapshot = live.snapshot.interfaceHash.hex
        tools = live.routes.map { route in
            let forecast = route.decision.forecast(caller)
            return Tool(
                name: route.tool.name, definition: route.tool.definition,
                isEnabled: route.tool.isEnabled, pack: route.tool.pack.name,
                packVersion: route.tool.pack.version,
                policy: route.tool.isEnabled ? forecast.word : "disabled",
                effects: forecast.effects.map(\.rawValue))
        }
        failures = live.failures.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.message) }
    }

    init(_ running: RunningSidecar, _ caller: PolicyCaller) async throws {
        let list = try Self.value(
            try await running.get(
                "/v1/tools?policy=true",
                [
                    RunningSidecar.Field(name: "X-RIG-Tenant-Id", value: caller.tenant),
                    RunningSidecar.Field(name: "X-RIG-Actor-Id", value: caller.actor),
                ]))
        let ready = try Self.value(try await running.get("/readyz"))
        snapshot = String(list["interface_hash"]?.string?.dropFirst("sha256:".count) ?? "")
        tools = try (list["tools"]?.array ?? []).map(Self.tool)
        failures = (ready["failures"]?.array ?? []).compactMap { failure in
            guard let namespace = failure["namespace"]?.string,
                let message = failure["message"]?.string
            else { return nil }
            return (namespace, message)
        }
    }

    private static func tool(_ value: JSONValue) throws -> Tool {
        guard let name = value["name"]?.string, let isEnabled = value["enabled"]?.bool,
            let pack = value["pack"]?["name"]?.string,
            let version = value["pack"]?["version"]?.string, let policy = value["policy"]?.string
        else { throw unreadable }
        return Tool(
            name: name, definition: try ToolDefinition(decoding: value["definition"] ?? .null),
            isEnabled: isEnabled, pack: pack, packVersion: version, policy: policy,
            effects: (value["policy_effects"]?.array ?? []).compactMap(\.string))
    }

    private static func value(_ response: RunningSidecar.Response) throws -> JSONValue {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(
                response.body, limits: JSONLimits(bytesMax: max(response.body.count, 1)))
        } catch {
            throw unreadable
        }
        if let message = value["error"]?["message"]?.string {
            throw Failure("serve", message, hint: "is its rig another version?", type: "system")
        }
        return value
    }

    private static let unreadable = Failure(
        "serve", "its answer cannot be read", hint: "is its rig another version?", type: "system")
}
