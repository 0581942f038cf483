internal import RIGBytes
internal import RIGJSON
internal import RIGStore

/// One approval, as it stands in the table `approval`. Times are milliseconds since 1970, 0 for what
/// has not happened.
package struct ApprovalRecord: Sendable, Equatable {
    package let id: String
    /// As stored; `state(at:)` says what it means at a time.
    package internal(set) var state = ApprovalState.pending
    /// What it covers (`ApprovalBinding`), as hexadecimal digits.
    package let binding: String
    package let seal: String
    package let createdMilliseconds: Int64
    package let expiresMilliseconds: Int64
    package let tenant: String
    package let actor: String
    /// Where the call that asked came in.
    package let front: String
    package let tool: String
    package let risk: String
    package let pack: String
    package let packVersion: String
    package let snapshot: String
    /// The rule that asked for a person.
    package let rule: String
    /// The call that asked.
    package let callID: String
    package let correlationID: String
    package let argsDigest: String
    /// Of the whole canonical text.
    package let argsBytes: Int64
    /// The canonical text or its beginning; nil once the record has ended.
    package internal(set) var args: String?
    package internal(set) var decidedMilliseconds: Int64 = 0
    package internal(set) var decidedBy = ""
    /// How the decision came in: `cli`.
    package internal(set) var channel = ""
    package internal(set) var note = ""
    package internal(set) var consumedMilliseconds: Int64 = 0
    /// The call that used it.
    package internal(set) var consumedBy = ""

    /// What the call that asks is and who makes it, beside what the binding says.
    package struct Origin: Sendable {
        package var front: String
        package var risk: String
        package var snapshot: String
        package var rule: String
        package var callID: String
        package var correlationID: String

        package init(
            front: String, risk: String, snapshot: String, rule: String, callID: String,
            correlationID: String
        ) {
            self.front = front
            self.risk = risk
            self.snapshot = snapshot
            self.rule = rule
            self.callID = callID
            self.correlationID = correlationID
        }
    }

    /// A new record that waits for a person.
    package init(
        id: String, _ binding: ApprovalBinding, _ arguments: ApprovalArguments, _ origin: Origin,
        createdMilliseconds: Int64, expiresMilliseconds: Int64
    ) {
        precondition(binding.arguments == arguments.digest, "the binding is of these arguments")
        let digest = binding.digest
        self.id = id
        self.binding = digest.hex
        seal =
            ApprovalBinding.seal(
                id: id, binding: digest, expiresMilliseconds: expiresMilliseconds
            ).hex
        self.createdMilliseconds = createdMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
        tenant = binding.tenant
        actor = binding.actor
        tool = binding.tool
        pack = binding.pack
        packVersion = binding.packVersion
        front = origin.front
        risk = origin.risk
        snapshot = origin.snapshot
        rule = origin.rule
        callID = origin.callID
        correlationID = origin.correlationID
        argsDigest = arguments.digest.description
        argsBytes = Int64(arguments.bytes)
        args = arguments.head
    }

    package func state(at nowMilliseconds: Int64) -> ApprovalState {
        state.at(nowMilliseconds, expires: expiresMilliseconds)
    }

    /// Whether `args` is the beginning only.
    package var isCut: Bool { args.map { Int64($0.utf8.count) < argsBytes } ?? false }

    /// What the caller presents; nil only for a record that somebody edited.
    package var token: ApprovalToken? {
        Digest(hex: seal).map { ApprovalToken(id: id, seal: $0) }
    }
}

/// The columns and a record's way into and out of them.
extension ApprovalRecord {
    /// What a new record has; the other columns begin with the table's defaults.
    static let askedColumns = [
        "id", "state", "binding", "seal", "created_ms", "expires_ms", "tenant", "actor", "front",
        "tool", "risk", "pack", "pack_version", "snapshot", "rule", "call_id", "correlation_id",
        "args_digest", "args_bytes", "args",
    ]
    static let columnList =
        askedColumns.joined(separator: ", ")
        + ", decided_ms, decided_by, channel, note, consumed_ms, consumed_by"

    /// Reads the row at which a statement over `columnList` stands.
    init(_ row: borrowing Statement) {
        id = row.text(0)
        guard let state = ApprovalState(rawValue: row.text(1)) else {
            preconditionFailure("the table's CHECK holds states to the five there are")
        }
        self.state = state
        binding = row.text(2)
        seal = row.text(3)
        createdMilliseconds = row.int(4)
        expiresMilliseconds = row.int(5)
        tenant = row.text(6)
        actor = row.text(7)
        front = row.text(8)
        tool = row.text(9)
        risk = row.text(10)
        pack = row.text(11)
        packVersion = row.text(12)
        snapshot = row.text(13)
        rule = row.text(14)
        callID = row.text(15)
        correlationID = row.text(16)
        argsDigest = row.text(17)
        argsBytes = row.int(18)
        args = row.optionalText(19)
        decidedMilliseconds = row.int(20)
        decidedBy = row.text(21)
        channel = row.text(22)
        note = row.text(23)
        consumedMilliseconds = row.int(24)
        consumedBy = row.text(25)
    }

    /// The values of `askedColumns`.
    var asked: JSONObject {
        [
            "id": .string(id), "state": .string(state.rawValue), "binding": .string(binding),
            "seal": .string(seal), "created_ms": .number(JSONNumber(createdMilliseconds)),
            "expires_ms": .number(JSONNumber(expiresMilliseconds)), "tenant": .string(tenant),
            "actor": .string(actor), "front": .string(front), "tool": .string(tool),
            "risk": .string(risk), "pack": .string(pack), "pack_version": .string(packVersion),
            "snapshot": .string(snapshot), "rule": .string(rule), "call_id": .string(callID),
            "correlation_id": .string(correlationID), "args_digest": .string(argsDigest),
            "args_bytes": .number(JSONNumber(argsBytes)), "args": args.map { .string($0) } ?? .null,
        ]
    }
}
