package import RIGJSON

/// Why an approval that was presented does not cover a call: `details.reason`.
package enum ApprovalInvalidReason: String, Sendable, CaseIterable {
    case unknown
    case pending
    case denied
    case expired
    case consumed
    case mismatch
}

extension RTPError {
    /// Reads an error as RIG writes it, for clients of a running sidecar. A worker's error is read
    /// by `fromWorker`, which trusts less and forgives more.
    package init(decoding value: JSONValue) throws(ShapeFault) {
        try self.init(reading: ShapeReader(value))
    }

    init(reading reader: ShapeReader) throws(ShapeFault) {
        let members = try reader.closedObject(
            required: ["type", "message", "retryable"],
            optional: ["code", "details", "remediation", "approval"])
        let type = try members.required("type").choice(of: ErrorType.self)
        let message = try members.required("message").text(1, to: Self.messageCharactersMax)
        let retryable = try members.required("retryable").boolean()
        if let fixed = type.retryableFixed, fixed != retryable {
            throw members.required("retryable").fault(
                .const, "must be \(fixed) for \(type.rawValue)")
        }
        try Self.checkPresence(of: members, for: type, in: reader)
        if let details = members.optional("details") { try Self.check(details, for: type) }
        var approval: ApprovalRequired?
        if let approvalReader = members.optional("approval") {
            guard type == .approvalRequired else {
                throw members.required("type").fault(
                    .const, "must be approval_required when there is an approval")
            }
            approval = try ApprovalRequired(reading: approvalReader)
        }
        self.init(
            type, message, retryable: retryable,
            code: try members.optional("code")?.text(.code),
            details: members.optional("details")?.value,
            remediation: try members.optional("remediation")?.text(
                1, to: Self.remediationCharactersMax),
            approval: approval)
    }

    /// The members that a type makes obligatory.
    private static func checkPresence(
        of members: ShapeMembers, for type: ErrorType, in reader: ShapeReader
    ) throws(ShapeFault) {
        let names: [String] =
            switch type {
            case .approvalRequired: ["approval", "remediation"]
            case .unknownOutcome: ["remediation"]
            case .validationFailed, .rateLimited, .overloaded, .policyDenied, .approvalInvalid:
                ["details"]
            default: []
            }
        for name in names where members.optional(name) == nil {
            throw reader.fault(.required, "lacks the member \"\(name)\" of \(type.rawValue)")
        }
    }

    /// The shape that a type gives to its details.
    private static func check(_ details: ShapeReader, for type: ErrorType) throws(ShapeFault) {
        switch type {
        case .validationFailed, .outputInvalid:
            _ = try Violation.list(reading: details)
        case .rateLimited, .overloaded:
            let members = try details.members(required: ["retry_after_ms"])
            _ = try members.required("retry_after_ms").integer(0, to: Limits.wholeNumberMax)
        case .policyDenied:
            _ = try details.members(required: ["rule"]).required("rule").text(1)
        case .approvalInvalid:
            _ = try details.members(required: ["reason"]).required("reason")
                .choice(of: ApprovalInvalidReason.self)
        default:
            guard details.value.object != nil || details.value.array != nil else {
                throw details.fault(.type, "must be an object or a list")
            }
        }
    }
}
