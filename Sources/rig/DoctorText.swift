internal import RIGDoctor
internal import RIGJSON

/// Doctor's findings for programs.
enum DoctorText {
    static func json(_ checks: [HealthCheck]) -> JSONValue {
        let entries: [JSONValue] = checks.map { check in
            var object: JSONObject = [
                "name": .string(check.name), "state": .string(word(check.state)),
                "what": .string(check.what),
            ]
            object["hint"] = check.hint.map { .string($0) }
            return .object(object)
        }
        return [
            "ok": .bool(checks.allSatisfy { $0.state != .bad }), "checks": .array(entries),
        ]
    }

    private static func word(_ state: HealthCheck.State) -> String {
        switch state {
        case .good: "ok"
        case .worth: "note"
        case .bad: "fail"
        }
    }
}
