internal import RIGAudit
internal import RIGBytes
internal import RIGHTTP
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGPipeline
internal import RIGServer
internal import RIGStore

/// `GET /v1/audit`: a page of rows, or with `Accept: application/x-ndjson` all of them, oldest
/// first, read and sent portion by portion.
extension RGPFront {
    private static let names: Set<String> = [
        "tool", "tenant", "actor", "status", "risk", "kind", "call_id", "correlation_id", "since",
        "until", "cursor", "limit", "order",
    ]
    /// Rows held in memory at a time.
    private static let portion = 500

    func audit(_ request: RGPRequest) async throws(RTPError) {
        let query = try Query(request.query, Self.names)
        let filter = try Self.filter(query)
        let cursor = try query.number("cursor", 0...Int64(Limits.wholeNumberMax))
        let limit = try query.number("limit", 1...1_000)
        let order = try query.choice("order", ["newest", "oldest"])
        try await flush()
        if try request.accepts("application/x-ndjson") {
            guard limit == nil, order != "newest" else {
                throw .invalidRequest("an export has no limit and its oldest row first")
            }
            return try await export(request, filter, cursor)
        }
        let page = try await rows(
            filter, order == "oldest" ? .oldestFirst : .newestFirst, cursor, Int(limit ?? 100))
        let output = request.exchange.output
        output.append("{\"rows\":[" as StaticString)
        output.append(contentsOf: page.rows)
        output.append("]" as StaticString)
        if page.hasMore, let cursor = page.cursor { output.append(",\"cursor\":\"\(cursor)\"") }
        output.append("}" as StaticString)
        request.reply(200)
    }

    /// Who reads after a call finds it, also one whose row need not be on disk yet.
    private func flush() async throws(RTPError) {
        do throws(AuditError) {
            try await gateway.audit.flush()
        } catch {
            throw .internal("the audit cannot be written: \(error)")
        }
    }

    private func export(
        _ request: RGPRequest, _ filter: AuditFilter, _ cursor: Int64?
    ) async throws(RTPError) {
        // Before the head is sent, a database that cannot be read is an error that can be told.
        var page = try await rows(filter, .oldestFirst, cursor, Self.portion, separator: "\n")
        let stream = request.exchange.stream(200, "application/x-ndjson") { head in
            RGPReply.addFields(head, request.correlationID)
        }
        while true {
            let bytes = ByteBuffer(page.rows)
            guard await stream.send(BytePart(bytes)), page.hasMore else { break }
            do throws(RTPError) {
                page = try await rows(
                    filter, .oldestFirst, page.cursor, Self.portion, separator: "\n")
            } catch {
                // A body that ends early must not look whole.
                return stream.abort()
            }
        }
        stream.finish()
    }

    private struct Portion: Sendable {
        let rows: [UInt8]
        let cursor: Int64?
        let hasMore: Bool
    }

    private func rows(
        _ filter: AuditFilter, _ order: AuditReader.Order, _ cursor: Int64?, _ limit: Int,
        separator: StaticString = ","
    ) async throws(RTPError) -> Portion {
        let path = surroundings.database
        do throws(StoreError) {
            return try await RequestLoop.offload { () throws(StoreError) in
                let reader = try AuditReader.open(path)
                let page = try StoreError.wrap { () throws(SQLiteError) in
                    try reader.page(filter, order: order, after: cursor, limit: limit)
                }
                let buffer = ByteBuffer()
                let isLines = separator.utf8CodeUnitCount == 1 && "\(separator)" == "\n"
                for (index, record) in page.records.enumerated() {
                    if index > 0, !isLines { buffer.append(separator) }
                    record.appendJSON(to: buffer)
                    if isLines { buffer.append(separator) }
                }
                return Portion(
                    rows: buffer.array(buffer.range), cursor: page.cursor, hasMore: page.hasMore)
            }
        } catch {
            throw .internal("the audit cannot be read: \(error)")
        }
    }

    private static func filter(_ query: Query) throws(RTPError) -> AuditFilter {
        var filter = AuditFilter()
        filter.tool = query["tool"]
        filter.tenant = query["tenant"]
        filter.actor = query["actor"]
        filter.status = query["status"]
        filter.callID = query["call_id"]
        filter.correlationID = query["correlation_id"]
        filter.risk = try query.choice("risk", Risk.allCases.map(\.rawValue))
            .flatMap { Risk(rawValue: $0) }
        filter.kind = try query.choice("kind", ["intent", "outcome", "approval"])
            .flatMap { AuditRow.Kind(rawValue: $0) }
        filter.sinceMilliseconds = try time(query, "since")
        filter.untilMilliseconds = try time(query, "until")
        return filter
    }

    private static func time(_ query: Query, _ name: String) throws(RTPError) -> Int64? {
        guard let text = query[name] else { return nil }
        guard let time = Timestamp.milliseconds(text) else {
            throw .invalidRequest("\(name) is no time such as 2026-01-31T12:00:00Z")
        }
        return time
    }
}
