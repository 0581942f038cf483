package import RIGBytes
package import RIGModel

/// One thing that happened to a call, as the audit keeps it.
///
/// Every call has exactly one `outcome` row; a call with side effects has an `intent` row before it,
/// which is on disk before the call is dispatched. A refusal is an outcome whose status is its error
/// type. No row holds outputs or secrets.
package struct AuditRow: Sendable {
    package enum Kind: String, Sendable {
        case intent
        case outcome
        /// A person approved or denied a call; `decision` says which and `note` who and how. Tenant,
        /// actor and ids are those of the call that asked.
        case approval
        /// A worker tried to reach something outside: `args` says what (docs/egress.md). Refused,
        /// or open (`pending`) and, under the same id, ended.
        case egress
    }

    /// How a call ended.
    package enum Status: Sendable, Equatable {
        /// It has not: the status of an intent.
        case pending
        case ok
        case error(ErrorType)

        /// As stored: "", "ok" or the error type's word.
        package var text: String {
            switch self {
            case .pending: ""
            case .ok: "ok"
            case .error(let type): type.rawValue
            }
        }
    }

    /// Where a call came in.
    package enum Front: String, Sendable {
        case cli
        case rgp
        case mcp
    }

    package var kind: Kind
    /// Wall clock, milliseconds since 1970.
    package var timeMilliseconds: Int64
    package var callID: CallID
    package var correlationID: CorrelationID
    package var tenant: String
    package var actor: String
    /// nil for what no caller began.
    package var front: Front?
    package var subject: AuditSubject
    /// Names the arguments' bytes to whoever has the audit's key (`AuditArguments`); nil when
    /// nothing is kept of them.
    package var argsDigest: Digest?
    /// The arguments without their values (`AuditArguments`); "" when they are not kept.
    package var args = ""
    /// The id of the policy rule that decided, or the name of the default that did.
    package var decision = ""
    package var status = Status.pending
    /// How often the call was dispatched.
    package var attempts = 0
    package var durationMicroseconds: Int64 = 0
    /// The worker that ran the call, as the sidecar's system numbers it; 0 for none.
    package var workerPID: Int32 = 0
    /// What a reader must know beside the columns, in a few words.
    package var note = ""

    package init(
        kind: Kind, timeMilliseconds: Int64, callID: CallID, correlationID: CorrelationID,
        tenant: String, actor: String, front: Front?, subject: AuditSubject
    ) {
        self.kind = kind
        self.timeMilliseconds = timeMilliseconds
        self.callID = callID
        self.correlationID = correlationID
        self.tenant = tenant
        self.actor = actor
        self.front = front
        self.subject = subject
    }
}

/// What a call is about: the same for all calls of one tool on one snapshot, so it is made once,
/// with the snapshot, and its part of a row is one copy of bytes.
package struct AuditSubject: Sendable {
    /// The six texts as a row holds them.
    let encoded: [UInt8]

    /// - Parameters:
    ///   - tool: The qualified name; for an unknown tool the name that was asked for.
    ///   - snapshot: The interface hash the call runs on.
    ///   - risk: nil when no tool was found.
    ///   - sandbox: The level that was enforced for the pack's workers.
    package init(
        tool: String, pack: String = "", packVersion: String = "", snapshot: String = "",
        risk: Risk? = nil, sandbox: String = ""
    ) {
        let buffer = ByteBuffer(capacity: 256)
        for text in [tool, pack, packVersion, snapshot, risk?.rawValue ?? "", sandbox] {
            AuditEncoding.appendText(text, to: buffer)
        }
        encoded = buffer.array(buffer.range)
    }
}
