internal import RIGBytes
internal import RIGLinux
package import RIGLoop
package import RIGModel
package import RIGStore

/// Approvals as the life of a call sees them. Changes go through the durable queue; questions are
/// read on a connection of their own, off the loop. Only calls that need a person come here.
///
///     switch try await desk.standing(of: draft, token: token) {
///     case .approved(let claim): …            // write the intent if `claim.condition(…)`
///     case .waiting(let record): …            // a person has to decide first
///     case .refused(let reason): …
///     }
@RequestLoop
package final class ApprovalDesk {
    /// Its place beside the audit's table, which is number 0.
    package nonisolated static let tableNumber: UInt8 = 1
    /// Somebody else may ask for the very same call between a look and the own question.
    private static let attemptsMax = 4

    private let queue: DurableQueue
    private let path: String

    /// Makes the table on the durable thread.
    /// - Parameter kept: How long records are kept behind their end; nil for ever.
    package nonisolated static func table(
        keptMilliseconds kept: Int64? = nil
    ) -> @Sendable (Database) throws(StoreError) -> any DurableTable {
        { (database) throws(StoreError) in
            try StoreError.wrap { () throws(SQLiteError) in
                try ApprovalTable(database, keptMilliseconds: kept)
            }
        }
    }

    /// - Parameters:
    ///   - queue: Has `table` at `tableNumber`.
    ///   - path: The queue's database, for reading.
    package init(_ queue: DurableQueue, path: String) {
        self.queue = queue
        self.path = path
    }

    /// What is known of the call that `draft` is for. Without a token a call that nobody was asked
    /// about is put before a person, with `draft` as its record.
    package func standing(
        of draft: ApprovalRecord, token: String?
    ) async throws(ApprovalFault) -> ApprovalStanding {
        let (binding, now) = (draft.binding, draft.createdMilliseconds)
        if let text = token {
            guard let token = ApprovalToken(text),
                let record = try await find(token.id), record.seal == token.seal.hex
            else { return .refused(.unknown) }
            return record.presented(for: binding, at: now)
        }
        for _ in 0..<Self.attemptsMax {
            if let record = try await Self.read(
                path,
                { (reader) throws(SQLiteError) in
                    try reader.standing(binding: binding, at: now)
                })
            {
                return record.met(at: now)
            }
            switch try await write(.ask(draft.asked), now) {
            case nil: return .waiting(draft)
            case .alreadyAsked: continue
            default: throw .durable(.overloaded)
            }
        }
        throw .durable(.overloaded)
    }

    package func find(_ id: String) async throws(ApprovalFault) -> ApprovalRecord? {
        try await Self.read(path) { (reader) throws(SQLiteError) in try reader.find(id) }
    }

    /// The change that a person's word makes, to be written together with its audit row. It holds
    /// for the record as it was shown, and for no other that may stand under its name.
    package func condition(
        _ event: ApprovalEvent, on record: ApprovalRecord, by: String, channel: String,
        note: String, nowMilliseconds: Int64
    ) -> DurableCondition {
        precondition(event != .consume, "only a call uses an approval")
        let row = ApprovalRow.decide(
            id: record.id, seal: record.seal, event, by: by, channel: channel, note: note)
        return DurableCondition(table: Self.tableNumber) {
            row.append(nowMilliseconds: nowMilliseconds, to: $0)
        }
    }

    private func write(
        _ row: ApprovalRow, _ now: Int64
    ) async throws(ApprovalFault) -> ApprovalRefusal? {
        do throws(DurableFault) {
            let code = try await queue.write(table: Self.tableNumber, withdrawable: true) {
                row.append(nowMilliseconds: now, to: $0)
            }
            return ApprovalRefusal(rawValue: code)
        } catch {
            throw .durable(error)
        }
    }

    private nonisolated static func read(
        _ path: String,
        _ question:
            @escaping @Sendable (borrowing ApprovalReader) throws(SQLiteError) -> ApprovalRecord?
    ) async throws(ApprovalFault) -> ApprovalRecord? {
        try await RequestLoop.offload { () throws(ApprovalFault) in
            do throws(StoreError) {
                let reader = try ApprovalReader.open(path)
                return try StoreError.wrap { () throws(SQLiteError) in try question(reader) }
            } catch {
                throw .store(error)
            }
        }
    }
}

/// What approvals have to say of a call.
package enum ApprovalStanding: Sendable, Equatable {
    /// A person approved this very call, and nobody has used it yet.
    case approved(ApprovalClaim)
    /// A person has to decide on this record.
    case waiting(ApprovalRecord)
    case refused(ApprovalInvalidReason)
}

/// An approval that a call is about to use. It is used when `condition` is written, and not before:
/// until then another call may be first.
package struct ApprovalClaim: Sendable, Equatable {
    package let id: String
    let binding: String

    /// Uses the approval up, in the transaction of whatever row is written with it.
    package func condition(callID: CallID, nowMilliseconds: Int64) -> DurableCondition {
        let row = ApprovalRow.consume(id: id, binding: binding, callID: callID.text)
        return DurableCondition(table: ApprovalDesk.tableNumber) {
            row.append(nowMilliseconds: nowMilliseconds, to: $0)
        }
    }
}

/// Why approvals could not be asked.
package enum ApprovalFault: Error, Sendable, Equatable {
    case durable(DurableFault)
    case store(StoreError)
}

extension ApprovalRecord {
    /// A caller named this record for a call with that binding. Whoever names another's record
    /// learns only that it is not for this call.
    func presented(for callBinding: String, at nowMilliseconds: Int64) -> ApprovalStanding {
        guard binding == callBinding else { return .refused(.mismatch) }
        do throws(ApprovalRefusal) {
            _ = try state(at: nowMilliseconds).after(.consume)
            return .approved(ApprovalClaim(id: id, binding: binding))
        } catch {
            return .refused(error.reason ?? .mismatch)
        }
    }

    /// The call itself found this record.
    func met(at nowMilliseconds: Int64) -> ApprovalStanding {
        state(at: nowMilliseconds) == .pending
            ? .waiting(self) : presented(for: binding, at: nowMilliseconds)
    }
}
