package import RIGJSON
internal import RIGLinux

extension ApprovalRecord {
    /// The record as commands and the RGP show it, at a time; times are RFC 3339.
    package func json(at nowMilliseconds: Int64) -> JSONValue {
        var object: JSONObject = [
            "approval_id": .string(id), "state": .string(state(at: nowMilliseconds).rawValue),
            "tool": .string(tool), "risk": .string(risk), "pack": .string(pack),
            "pack_version": .string(packVersion), "tenant": .string(tenant),
            "actor": .string(actor), "front": .string(front), "rule": .string(rule),
            "call_id": .string(callID), "correlation_id": .string(correlationID),
            "created_at": Self.time(createdMilliseconds),
            "expires_at": Self.time(expiresMilliseconds), "args_digest": .string(argsDigest),
            "args_bytes": .number(JSONNumber(argsBytes)),
        ]
        object["args"] = args.map { .string($0) }
        if decidedMilliseconds > 0 {
            object["decided_at"] = Self.time(decidedMilliseconds)
            object["decided_by"] = .string(decidedBy)
            object["channel"] = .string(channel)
            object["note"] = note.isEmpty ? nil : .string(note)
        }
        if consumedMilliseconds > 0 {
            object["consumed_at"] = Self.time(consumedMilliseconds)
            object["consumed_by"] = .string(consumedBy)
        }
        return .object(object)
    }

    private static func time(_ milliseconds: Int64) -> JSONValue {
        .string(Timestamp.text(milliseconds: milliseconds))
    }
}
