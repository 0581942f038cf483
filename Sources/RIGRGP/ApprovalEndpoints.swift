internal import RIGApproval
internal import RIGAudit
internal import RIGBytes
internal import RIGHTTP
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGServer
internal import RIGStore

/// `/v1/approvals`: what waits for a person, and the person's word. Whoever watches may hold a
/// request until something changes (`wait_ms`) or take a stream of events.
extension RGPFront {
    private static let waitMillisecondsMax: Int64 = 60_000
    private static let noteKeys: Set<String> = ["note"]

    func listApprovals(_ request: RGPRequest) async throws(RTPError) {
        let query = try Query(request.query, ["state", "wait_ms"])
        let isAll = try query.choice("state", ["pending", "all"]) == "all"
        let wait = try query.number("wait_ms", 0...Self.waitMillisecondsMax)
        if try request.accepts("text/event-stream") {
            guard !isAll, wait == nil else {
                throw .invalidRequest("a stream of approvals takes no parameters")
            }
            return try await watched { () async throws(RTPError) in
                try await self.streamApprovals(request)
            }
        }
        if isAll {
            return show(
                request,
                try await read { () async throws(StoreError) in
                    try await self.approvals.all()
                })
        }
        guard let wait, wait > 0 else { return show(request, try await pending()) }
        try await watched { () async throws(RTPError) in
            let patience = Patience(request.exchange, milliseconds: wait)
            var records = try await self.pending()
            while try self.matches(request, Self.tag(records)), await patience.pause() {
                records = try await self.pending()
            }
            self.show(request, records)
        }
    }

    func showApproval(_ request: RGPRequest, _ id: String) async throws(RTPError) {
        let query = try Query(request.query, ["wait_ms"])
        let wait = try query.number("wait_ms", 0...Self.waitMillisecondsMax) ?? 0
        var record = try await find(id)
        if wait > 0 {
            record = try await watched { () async throws(RTPError) in
                let patience = Patience(request.exchange, milliseconds: wait)
                var record = record
                while record.state(at: WallClock.nowMilliseconds()) == .pending,
                    await patience.pause()
                { record = try await self.find(id) }
                return record
            }
        }
        request.reply(200, record.json(at: WallClock.nowMilliseconds()))
    }

    func decide(
        _ request: RGPRequest, _ id: String, _ event: ApprovalEvent
    ) async throws(RTPError) {
        guard let identity = request.identity else {
            preconditionFailure("a decision has an author")
        }
        _ = try Query(request.query, [])
        let note = try note(request)
        let record = try await find(id)
        let decision = ApprovalDecision(
            event, by: "token:\(identity.name)", channel: .rgp, note: note)
        let refusal: ApprovalRefusal?
        do throws(ApprovalFault) {
            refusal = try await decision.make(on: record, gateway.records)
        } catch {
            throw .internal("the decision cannot be written: \(error)")
        }
        if let refusal { throw .approvalInvalid(refusal.reason ?? .mismatch) }
        request.reply(200, try await find(id).json(at: WallClock.nowMilliseconds()))
    }

    /// The body may be empty or say why: `{"note": "…"}`.
    private func note(_ request: RGPRequest) throws(RTPError) -> String {
        let exchange = request.exchange
        if exchange.body.isEmpty { return "" }
        try request.requireJSON()
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(
                exchange.input, exchange.body, limits: JSONLimits(depthMax: 4, bytesMax: 16 << 10))
        } catch {
            throw .invalidRequest("the body: \(error.code.text) at byte \(error.offset)")
        }
        guard let object = value.object, Self.noteKeys.isSuperset(of: object.names) else {
            throw .invalidRequest("the body is an object with nothing but a note")
        }
        guard let member = object["note"] else { return "" }
        guard let note = member.string, note.utf8.count <= Limits.approvalNoteBytesMax else {
            throw .invalidRequest(
                "note is no string of at most \(Limits.approvalNoteBytesMax) bytes")
        }
        return note
    }

    private func show(_ request: RGPRequest, _ records: [ApprovalRecord]) {
        let now = WallClock.nowMilliseconds()
        request.reply(200, ["approvals": .array(records.map { $0.json(at: now) })]) {
            $0.field("ETag", "\"\(Self.tag(records))\"")
        }
    }

    /// One `pending` event for each record that begins to wait, one `settled` for each that ends to.
    private func streamApprovals(_ request: RGPRequest) async throws(RTPError) {
        var known = try await pending()
        let stream = request.exchange.stream(200, "text/event-stream") { head in
            RGPReply.addFields(head, request.correlationID)
        }
        let events = ByteBuffer()
        for record in known { Self.append("pending", record, to: events) }
        EventWriter.appendComment("watching", to: events)
        let patience = Patience(request.exchange, milliseconds: nil)
        var quiet = 0
        while await stream.send(BytePart(events)), await patience.pause() {
            events.removeAll()
            guard let now = await pendingOrNone() else { break }
            let (old, new) = (Set(known.map(\.id)), Set(now.map(\.id)))
            for record in now where !old.contains(record.id) {
                Self.append("pending", record, to: events)
            }
            for record in known where !new.contains(record.id) {
                if let settled = await findOrNone(record.id) {
                    Self.append("settled", settled, to: events)
                }
            }
            known = now
            quiet = events.isEmpty ? quiet + 1 : 0
            if quiet == 75 {
                quiet = 0
                EventWriter.appendComment("quiet", to: events)
            }
        }
        stream.finish()
    }

    private static func append(
        _ event: String, _ record: ApprovalRecord, to buffer: ByteBuffer
    ) {
        let text = ByteBuffer()
        record.json(at: WallClock.nowMilliseconds()).write(to: text)
        EventWriter.append(event: event, id: record.id, text, text.range, to: buffer)
    }

    /// Names what a list says of who waits.
    private static func tag(_ records: [ApprovalRecord]) -> String {
        SHA256.digest(Array(records.map(\.id).joined(separator: " ").utf8)).hex
    }

    private func watched<Value>(
        _ body: () async throws(RTPError) -> Value
    ) async throws(RTPError) -> Value {
        guard approvals.watchers < ApprovalList.watchersMax else {
            throw .overloaded(
                pack: "approvals", waiting: approvals.watchers, retryAfterMilliseconds: 1_000)
        }
        approvals.watchers += 1
        defer { approvals.watchers -= 1 }
        return try await body()
    }

    private func find(_ id: String) async throws(RTPError) -> ApprovalRecord {
        guard ApprovalID.isValid(id) else { throw .approvalInvalid(.unknown) }
        let record = try await read { () async throws(StoreError) in
            try await self.approvals.find(id)
        }
        guard let record else { throw .approvalInvalid(.unknown) }
        return record
    }

    /// For a stream, which can no longer say what went wrong and ends.
    private func pendingOrNone() async -> [ApprovalRecord]? {
        do throws(RTPError) { return try await pending() } catch { return nil }
    }

    private func findOrNone(_ id: String) async -> ApprovalRecord? {
        do throws(RTPError) { return try await find(id) } catch { return nil }
    }

    private func pending() async throws(RTPError) -> [ApprovalRecord] {
        try await read { () async throws(StoreError) in try await self.approvals.pending() }
    }

    private func read<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(RTPError) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw .internal("the approvals cannot be read: \(error)")
        }
    }
}

/// How long one who watches is kept waiting: until the time is over, the client has gone or the
/// server ends.
@RequestLoop
private final class Patience {
    private let deadline: UInt64
    private var isOver = false

    init(_ exchange: HTTPExchange, milliseconds: Int64?) {
        deadline =
            milliseconds.map { MonotonicClock.nowNanoseconds() + UInt64($0) * 1_000_000 } ?? .max
        exchange.onClose = { [weak self] in self?.isOver = true }
        exchange.onDrain = { [weak self] in self?.isOver = true }
    }

    /// Waits for the next look.
    /// - Returns: false when there is no more time for one.
    func pause() async -> Bool {
        let now = MonotonicClock.nowNanoseconds()
        if isOver || now >= deadline { return false }
        await EventLoop.shared.sleep(
            nanoseconds: min(ApprovalList.pauseNanoseconds, deadline - now))
        return !isOver
    }
}
