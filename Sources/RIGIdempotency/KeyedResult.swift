internal import RIGJSON

/// How a call with a key ended, as it is kept for those who send it again: after the secrets were
/// taken out and the output was checked, as the first caller got it.
package struct KeyedResult: Sendable, Equatable {
    package enum Body: Sendable, Equatable {
        /// An output (`isOutput`) or an error, as JSON.
        case text([UInt8])
        /// An output of so many bytes that it was not kept, or not for as long as its key.
        case dropped(bytes: Int)
    }

    package let isOutput: Bool
    package let body: Body
    package let meta: KeyedMeta

    package init(isOutput: Bool, body: Body, meta: KeyedMeta) {
        self.isOutput = isOutput
        self.body = body
        self.meta = meta
    }
}

/// What `meta` said of the call that ran.
package struct KeyedMeta: Sendable, Equatable {
    package let callID: String
    package let pack: String
    package let packVersion: String
    package let snapshot: String
    package let attempts: Int
    package let approvalID: String?

    package init(
        callID: String, pack: String, packVersion: String, snapshot: String, attempts: Int,
        approvalID: String?
    ) {
        self.callID = callID
        self.pack = pack
        self.packVersion = packVersion
        self.snapshot = snapshot
        self.attempts = attempts
        self.approvalID = approvalID
    }

    /// As the table keeps it; the call's id is a column.
    var text: String {
        var object: JSONObject = [
            "pack": .string(pack), "pack_version": .string(packVersion),
            "snapshot": .string(snapshot), "attempts": .number(JSONNumber(Int64(attempts))),
        ]
        object["approval_id"] = approvalID.map { .string($0) }
        return JSONValue.object(object).text
    }

    init(callID: String, reading text: String) {
        var object: JSONValue?
        do throws(JSONError) {
            object = try JSONValue.parse(Array(text.utf8), limits: JSONLimits())
        } catch {
            // Somebody edited the row: what it said of the call is lost, its end is not.
            object = nil
        }
        self.init(
            callID: callID, pack: object?["pack"]?.string ?? "",
            packVersion: object?["pack_version"]?.string ?? "",
            snapshot: object?["snapshot"]?.string ?? "",
            attempts: Int(object?["attempts"]?.int64 ?? 0),
            approvalID: object?["approval_id"]?.string)
    }
}
