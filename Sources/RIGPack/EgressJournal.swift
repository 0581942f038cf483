package import RIGAudit
package import RIGEgress
internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
package import RIGLoop
internal import RIGModel
internal import RIGSandbox

/// What workers reach for, as rows of the audit.
@RequestLoop
package enum EgressJournal {
    /// What serves the connections of all workers and records them in `audit`.
    package static func service(_ audit: AuditLog, _ machine: Machine) -> EgressService {
        let courier = SecretCourier(
            program: machine.installation.egress, environment: machine.environment)
        return EgressService(courier: courier) { event in
            do throws(AuditError) {
                try audit.note(row(event))
                return true
            } catch {
                return false
            }
        }
    }

    static func row(_ event: EgressEvent) -> AuditRow {
        let pack = event.pack
        var row = AuditRow(
            kind: .egress, timeMilliseconds: WallClock.nowMilliseconds(), callID: event.id,
            correlationID: CorrelationID(event.id), tenant: "", actor: "", front: nil,
            subject: AuditSubject(
                tool: pack.namespace + ".*", pack: pack.name, packVersion: pack.version,
                // At the others there is no egress.
                sandbox: SandboxLevel.strict.name))
        row.workerPID = event.workerPID
        row.durationMicroseconds = event.durationMicroseconds
        row.args = arguments(event)
        switch event.phase {
        case .refused(let reason):
            row.decision = "refused"
            row.status = .error(status(reason))
            row.note = reason.rawValue
        case .opened:
            row.decision = "allowed"
        case .ended(let reason):
            row.decision = "allowed"
            row.status = reason.map { .error(status($0)) } ?? .ok
            row.note = reason?.rawValue ?? ""
        }
        if event.showsPlaceholder {
            row.note += (row.note.isEmpty ? "" : ", ") + "placeholder sent"
        }
        return row
    }

    private static func status(_ reason: EgressReason) -> ErrorType {
        switch reason {
        case .notGranted, .addressRefused: .policyDenied
        case .badHost, .badRequest: .invalidRequest
        case .tooManyTunnels, .unrecorded, .lookupsExhausted, .secretsUnavailable: .overloaded
        case .bytesExceeded: .payloadTooLarge
        case .connectTimeout, .idle, .lifetimeExceeded: .timeout
        case .workerEnded: .cancelled
        case .nameNotFound, .lookupFailed, .connectFailed, .peerReset, .tlsUnavailable, .tlsFailed,
            .certificateRefused, .upstreamMalformed, .notScrubbable:
            .upstreamError
        }
    }

    /// Canonical: members sorted, those without a value left out.
    private static func arguments(_ event: EgressEvent) -> String {
        let text = ByteBuffer(capacity: 256)
        var writer = JSONWriter(text)
        writer.beginObject()
        if let address = event.address {
            writer.key("address")
            writer.string(address.description)
        }
        if !event.host.isEmpty {
            writer.key("host")
            writer.string(event.host)
        }
        if let status = event.httpStatus {
            writer.key("http_status")
            writer.int(status)
        }
        if event.port != 0 {
            writer.key("port")
            writer.int(Int(event.port))
        }
        if case .ended = event.phase {
            writer.key("received")
            writer.int(event.receivedBytes)
            writer.key("sent")
            writer.int(event.sentBytes)
        }
        writer.key("way")
        writer.string(event.way.rawValue)
        writer.endObject()
        return text.string(text.range)
    }
}
