internal import RIGBytes
internal import RIGJSON
internal import RIGModel

/// What the loop asks the table of approvals to do, as it travels in the durable queue: one JSON
/// object. Slow and plain on purpose: a person is waited for.
enum ApprovalRow {
    /// A new record.
    case ask(JSONObject)
    /// A person's word on the record with this seal.
    case decide(id: String, seal: String, ApprovalEvent, by: String, channel: String, note: String)
    /// The call with this binding uses the record up.
    case consume(id: String, binding: String, callID: String)

    func append(nowMilliseconds: Int64, to buffer: ByteBuffer) {
        var row: JSONObject = ["now": .number(JSONNumber(nowMilliseconds))]
        switch self {
        case .ask(let columns):
            row["ask"] = .object(columns)
        case .decide(let id, let seal, let event, let by, let channel, let note):
            row["decide"] = [
                "id": .string(id), "seal": .string(seal), "event": .string(event.rawValue),
                "by": .string(by), "channel": .string(channel), "note": .string(note),
            ]
        case .consume(let id, let binding, let callID):
            row["consume"] = [
                "id": .string(id), "binding": .string(binding), "call_id": .string(callID),
            ]
        }
        JSONValue.object(row).write(to: buffer)
    }

    /// Reads what `append` wrote in this process.
    static func read(_ buffer: ByteBuffer, _ payload: ByteRange) -> (Self, Int64) {
        do throws(JSONError) {
            let row = try JSONValue.parse(
                buffer, payload, limits: JSONLimits(bytesMax: Limits.payloadBytesMax))
            if let read = read(row), let now = row["now"]?.int64 { return (read, now) }
            preconditionFailure("a row of approvals has its members")
        } catch {
            preconditionFailure("a row of approvals is JSON: \(error)")
        }
    }

    private static func read(_ row: JSONValue) -> Self? {
        if let columns = row["ask"]?.object { return .ask(columns) }
        if let use = row["consume"] {
            guard let id = use["id"]?.string, let binding = use["binding"]?.string,
                let callID = use["call_id"]?.string
            else { return nil }
            return .consume(id: id, binding: binding, callID: callID)
        }
        guard let word = row["decide"], let id = word["id"]?.string,
            let seal = word["seal"]?.string, let by = word["by"]?.string,
            let event = word["event"]?.string.flatMap(ApprovalEvent.init),
            let channel = word["channel"]?.string, let note = word["note"]?.string
        else { return nil }
        return .decide(id: id, seal: seal, event, by: by, channel: channel, note: note)
    }
}
