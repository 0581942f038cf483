internal import RIGBytes
internal import RIGJSON
package import RIGModel

/// What the sidecar hands to rig-egress with two sockets: the worker's connection, then one that is
/// connected to the host. Whatever of the request was read already travels behind it.
///
///     u32 count (little-endian), so many bytes of JSON, bytes of the request
package struct CourierJob: Sendable, Equatable {
    package let upstream: NetTarget
    package let secrets: [EgressSecret]
    /// How long either side may say nothing.
    package let milliseconds: Int

    package init(upstream: NetTarget, secrets: [EgressSecret], milliseconds: Int) {
        self.upstream = upstream
        self.secrets = secrets
        self.milliseconds = milliseconds
    }

    func packet(id: UInt64, first: ByteBuffer?) -> [UInt8] {
        var members: [(String, JSONValue)] = [
            ("id", .number(JSONNumber(Int64(id)))), ("upstream", .string(upstream.description)),
            ("ms", .number(JSONNumber(Int64(milliseconds)))),
        ]
        members.append(("secrets", .array(secrets.map(Self.encode))))
        return Self.packet(members, first)
    }

    /// Ends a job whose worker has ended.
    static func cancelPacket(id: UInt64) -> [UInt8] {
        packet([("cancel", .number(JSONNumber(Int64(id))))], nil)
    }

    private static func packet(
        _ members: [(String, JSONValue)], _ first: ByteBuffer?
    ) -> [UInt8] {
        let text = ByteBuffer(capacity: 1024)
        var writer = JSONWriter(text)
        writer.beginObject()
        for (key, value) in members {
            writer.key(key)
            writer.value(value)
        }
        writer.endObject()
        let count = text.count
        var bytes = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        bytes += text.array(text.range)
        if let first { bytes += first.array(first.range) }
        return bytes
    }

    private static func encode(_ secret: EgressSecret) -> JSONValue {
        switch secret.placement {
        case .header(let name, let prefix, let suffix):
            [
                "slot": .string(secret.slot), "value": .string(secret.value),
                "header": .string(name), "prefix": .string(prefix), "suffix": .string(suffix),
            ]
        case .basic: ["slot": .string(secret.slot), "value": .string(secret.value)]
        case .query(let name):
            [
                "slot": .string(secret.slot), "value": .string(secret.value),
                "query": .string(name),
            ]
        }
    }

    /// A packet as rig-egress reads it.
    package enum Order: Sendable, Equatable {
        case carry(id: UInt64, CourierJob, first: [UInt8])
        case cancel(id: UInt64)
    }

    /// nil for what no sidecar sends.
    package static func read(_ packet: [UInt8]) -> Order? {
        guard packet.count >= 4 else { return nil }
        let count = packet[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard packet.count >= 4 + count else { return nil }
        let message: JSONValue
        do throws(JSONError) {
            message = try JSONValue.parse(packet[4..<4 + count])
        } catch {
            return nil
        }
        if let id = message["cancel"]?.number?.int64 { return .cancel(id: UInt64(id)) }
        guard let id = message["id"]?.number?.int64,
            let upstream = message["upstream"]?.string.flatMap({ NetTarget($0) }),
            let milliseconds = message["ms"]?.number?.int64,
            case .array(let encoded)? = message["secrets"]
        else { return nil }
        let secrets = encoded.compactMap { secret($0, upstream) }
        guard secrets.count == encoded.count else { return nil }
        let job = CourierJob(
            upstream: upstream, secrets: secrets, milliseconds: Int(milliseconds))
        return .carry(id: UInt64(id), job, first: Array(packet[(4 + count)...]))
    }

    private static func secret(_ value: JSONValue, _ upstream: NetTarget) -> EgressSecret? {
        guard let slot = value["slot"]?.string, let text = value["value"]?.string else {
            return nil
        }
        if let name = value["query"]?.string {
            return EgressSecret(
                slot: slot, host: upstream, placement: .query(name: name), value: text)
        }
        guard value["header"] != nil else {
            return EgressSecret(slot: slot, host: upstream, placement: .basic, value: text)
        }
        guard let name = value["header"]?.string, let prefix = value["prefix"]?.string,
            let suffix = value["suffix"]?.string
        else { return nil }
        return EgressSecret(
            slot: slot, host: upstream,
            placement: .header(name: name, prefix: prefix, suffix: suffix), value: text)
    }
}

/// How a job ended, as rig-egress says it.
package struct CourierReport: Sendable, Equatable {
    /// nil: the answer was brought back whole.
    package var reason: EgressReason?
    package var status: Int?
    package var sentBytes = 0
    package var receivedBytes = 0
    package var showsPlaceholder = false

    package init(reason: EgressReason? = nil) {
        self.reason = reason
    }

    package func packet(id: UInt64) -> [UInt8] {
        let text = ByteBuffer(capacity: 256)
        var writer = JSONWriter(text)
        writer.beginObject()
        writer.key("id")
        writer.int(id)
        if let reason {
            writer.key("reason")
            writer.string(reason.rawValue)
        }
        if let status {
            writer.key("status")
            writer.int(status)
        }
        writer.key("sent")
        writer.int(sentBytes)
        writer.key("received")
        writer.int(receivedBytes)
        writer.key("placeholder")
        writer.bool(showsPlaceholder)
        writer.endObject()
        return text.array(text.range)
    }

    static func read(_ packet: [UInt8]) -> (id: UInt64, CourierReport)? {
        let message: JSONValue
        do throws(JSONError) {
            message = try JSONValue.parse(packet)
        } catch {
            return nil
        }
        guard let id = message["id"]?.number?.int64 else { return nil }
        var report = CourierReport()
        if let word = message["reason"]?.string {
            report.reason = EgressReason(rawValue: word) ?? .upstreamMalformed
        }
        report.status = message["status"]?.number?.int64.map { Int($0) }
        report.sentBytes = Int(message["sent"]?.number?.int64 ?? 0)
        report.receivedBytes = Int(message["received"]?.number?.int64 ?? 0)
        report.showsPlaceholder = message["placeholder"] == .bool(true)
        return (UInt64(id), report)
    }
}
