internal import RIGApproval
internal import RIGAudit
internal import RIGBytes
internal import RIGIdempotency
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGStore
internal import RIGWorker

/// The words of what the stages refuse. Slow on purpose: only calls that fail come here.
@RequestLoop
enum Refusal {
    /// A text that is not JSON, or not JSON that RIG lets through.
    static func malformed(_ error: JSONError, _ what: String) -> RTPError {
        error.code == .tooLarge
            ? .payloadTooLarge(.input, bytes: nil, bytesMax: error.offset)
            : .invalidRequest(text(error, what))
    }

    static func text(_ error: JSONError, _ what: String) -> String {
        "\(what): \(error.code.text) at byte \(error.offset)"
    }

    /// Arguments that the walk said no to: malformed after all, or against the schema.
    static func arguments(
        _ buffer: ByteBuffer, _ range: ByteRange, _ route: Route, _ fault: WalkFault
    ) -> RTPError {
        do throws(JSONError) {
            let value = try JSONValue.parse(buffer, range, limits: route.inputLimits)
            let violations = route.tool.input.report(value, max: Limits.violationsReportedMax)
            guard !violations.isEmpty else {
                return .validationFailed([tooMuchWork])
            }
            return .validationFailed(violations.map(Violation.init))
        } catch {
            return malformed(error, "the arguments")
        }
    }

    /// The walk gives up on arguments that would keep it busy; a reader that takes its time may
    /// still find nothing wrong with them.
    private static let tooMuchWork = Violation(
        pointer: "", keyword: "oneOf", schemaPointer: "",
        message: "are too costly to check: nested alternatives multiply")

    /// A frame whose envelope or output is not as it must be.
    static func output(_ reply: ReplyFrame, _ route: Route) -> RTPError {
        do throws(JSONError) {
            let frame = try JSONValue.parse(reply.buffer, reply.text, limits: route.frameLimits)
            guard frame["ok"]?.bool == true, let output = frame["output"] else {
                return .outputInvalid([], what: "the worker's answer has neither output nor error")
            }
            let violations =
                route.tool.output?
                .report(output, max: Limits.violationsReportedMax) ?? []
            return .outputInvalid(violations.map(Violation.init))
        } catch {
            return .outputInvalid([], what: text(error, "the worker's frame"))
        }
    }

    /// What the pack said went wrong.
    static func packError(_ buffer: ByteBuffer, _ range: ByteRange?, _ route: Route) -> RTPError {
        guard let range else {
            return .outputInvalid([], what: "the worker's answer has neither output nor error")
        }
        do throws(JSONError) {
            return .fromWorker(
                try JSONValue.parse(buffer, range, limits: route.frameLimits),
                isIdempotent: route.tool.definition.isIdempotent)
        } catch {
            return .outputInvalid([], what: text(error, "the worker's frame"))
        }
    }

    /// A call that came back without a frame.
    static func undelivered(
        _ failure: DispatchFailure, _ route: Route, _ milliseconds: Int
    ) -> RTPError {
        let isIdempotent = route.tool.definition.isIdempotent
        switch failure {
        case .overloaded:
            return route.health.full()
        case .timeout(sent: false):
            return .timeout(unsentAfterMilliseconds: milliseconds)
        case .timeout where isIdempotent:
            return .timeout(afterMilliseconds: milliseconds, isIdempotent: true)
        case .timeout:
            return .unknownOutcome(
                route.tool.qualifiedName, how: "no answer came within \(milliseconds) ms")
        case .cancelled:
            return .cancelled()
        case .unavailable(let error):
            return error
        case .crashed(.killed(signal: 31)):
            // SIGSYS: the filter met a system call that no interpreter makes.
            return .sandboxViolation("at a system call of a foreign kind")
        case .crashed(let end) where isIdempotent:
            return .workerCrashed(end.text, isIdempotent: true)
        case .crashed(let end):
            return .unknownOutcome(
                route.tool.qualifiedName, how: "its worker \(end.text) before it answered")
        }
    }

    /// A person has to decide first. What the call would do is cut for the caller; the person reads
    /// all of it.
    static func waiting(_ record: ApprovalRecord, _ route: Route) -> RTPError {
        let shown = VisibleText.escaped(String((record.args ?? "").prefix(summaryCharactersMax)))
        let isCut = record.isCut || (record.args ?? "").count > summaryCharactersMax
        return .approvalRequired(
            ApprovalRequired(
                approvalID: record.id, approvalToken: record.token?.text ?? "",
                tool: route.tool.qualifiedName, risk: route.tool.definition.risk,
                summary: "\(route.tool.definition.risk.rawValue) by \(route.tool.name)"
                    + " with \(shown)\(isCut ? "…" : "")",
                argsDigest: record.argsDigest,
                expiresAt: Timestamp.text(milliseconds: record.expiresMilliseconds),
                approveWith: ["rig approve \(record.id)"]))
    }

    private static let summaryCharactersMax = 512

    /// The approval could not be used when it came to it.
    static func approval(_ refusal: ApprovalRefusal) -> RTPError {
        guard let reason = refusal.reason else {
            return .internal("an approval was refused for a reason that is not its caller's")
        }
        return .approvalInvalid(reason)
    }

    /// Another call has the idempotency key, or there are too many of them.
    static func key(_ refusal: KeyRefusal) -> RTPError {
        switch refusal {
        case .taken:
            .overloaded(
                "another process has just begun a call with this idempotency key",
                retryAfterMilliseconds: 100)
        case .tooMany:
            .overloaded(
                "\(Limits.replayKeysMax) idempotency keys are kept already",
                retryAfterMilliseconds: 60_000)
        }
    }

    /// Nobody could be asked.
    static func unasked(_ fault: ApprovalFault) -> RTPError {
        switch fault {
        case .durable(.overloaded):
            .overloaded(
                pack: "a person's approval", waiting: Limits.approvalsOpenMax,
                retryAfterMilliseconds: 60_000)
        case .durable(let fault):
            unrecordable(fault)
        case .store(let fault):
            .internal("the approvals cannot be read: \(fault)")
        }
    }

    /// The audit takes no row, so no call is begun.
    static func unrecordable(_ error: AuditError) -> RTPError {
        switch error {
        case .overloaded:
            return .overloaded(pack: "the audit", waiting: 0, retryAfterMilliseconds: 100)
        case .storage, .closed:
            return .internal("the audit cannot be written: \(error)")
        }
    }

    /// The side effect is done, its outcome is not on disk.
    static func unrecorded(_ error: AuditError, _ route: Route?) -> RTPError {
        guard let route else { return unrecordable(error) }
        return .unknownOutcome(
            route.tool.qualifiedName, how: "the worker answered, but its outcome is not on record")
    }
}

extension Violation {
    fileprivate init(_ violation: SchemaViolation) {
        self.init(
            pointer: violation.pointer, keyword: violation.keyword,
            schemaPointer: violation.schemaPointer, message: violation.message)
    }
}
