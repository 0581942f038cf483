/// The closed set of ways in which a call can fail (RTP 1.0). The raw value is the word on the
/// wire; spec/vectors/error-map.json states the same table, and a test compares them.
package enum ErrorType: String, Sendable, Hashable, CaseIterable {
    /// Malformed JSON, envelope or header.
    case invalidRequest = "invalid_request"
    /// No credential, or a wrong one.
    case unauthenticated
    /// The credential's role may not do this.
    case forbidden
    /// No mounted pack has such a tool.
    case toolNotFound = "tool_not_found"
    /// The tool is known and switched off.
    case toolDisabled = "tool_disabled"
    /// The arguments break the tool's input schema.
    case validationFailed = "validation_failed"
    /// A policy rule forbids the call.
    case policyDenied = "policy_denied"
    /// A person has to agree first.
    case approvalRequired = "approval_required"
    /// The approval presented does not cover this call.
    case approvalInvalid = "approval_invalid"
    /// The idempotency key was used with other arguments.
    case idempotencyConflict = "idempotency_conflict"
    /// A required auth slot has no value.
    case secretMissing = "secret_missing"
    /// The input or the output is over its cap.
    case payloadTooLarge = "payload_too_large"
    /// A rate limit of the policy is used up for now.
    case rateLimited = "rate_limited"
    /// RIG's own queue for the pack is full.
    case overloaded
    /// The deadline passed.
    case timeout
    /// The caller went away or withdrew the call.
    case cancelled
    /// The pack failed.
    case toolError = "tool_error"
    /// The pack's remote API failed.
    case upstreamError = "upstream_error"
    /// The output breaks the tool's output schema.
    case outputInvalid = "output_invalid"
    /// The worker ended during the call.
    case workerCrashed = "worker_crashed"
    /// The sandbox stopped the worker.
    case sandboxViolation = "sandbox_violation"
    /// A non-idempotent call was dispatched and nobody knows how it ended.
    case unknownOutcome = "unknown_outcome"
    /// A bug in RIG.
    case `internal`

    /// Who decides whether a retry is safe.
    package enum RetryRule: String, Sendable, Hashable {
        case never
        case always
        /// Safe exactly when the tool is idempotent.
        case ifIdempotent = "if_idempotent"
        /// The pack's word counts; without it the answer is no.
        case packDecides = "pack_decides"
    }

    package var retryRule: RetryRule {
        switch self {
        case .rateLimited, .overloaded: .always
        case .timeout, .workerCrashed: .ifIdempotent
        case .toolError, .upstreamError: .packDecides
        case .invalidRequest, .unauthenticated, .forbidden, .toolNotFound, .toolDisabled,
            .validationFailed, .policyDenied, .approvalRequired, .approvalInvalid,
            .idempotencyConflict, .secretMissing, .payloadTooLarge, .cancelled, .outputInvalid,
            .sandboxViolation, .unknownOutcome, .internal:
            .never
        }
    }

    /// The value that `retryable` must have on the wire; nil when both are possible.
    package var retryableFixed: Bool? {
        switch retryRule {
        case .never: false
        case .always: true
        case .ifIdempotent, .packDecides: nil
        }
    }

    /// The status of the RGP answer.
    package var rgpStatus: Int {
        switch self {
        case .invalidRequest: 400
        case .unauthenticated: 401
        case .forbidden, .toolDisabled, .policyDenied: 403
        case .toolNotFound: 404
        case .approvalInvalid, .idempotencyConflict: 409
        case .payloadTooLarge: 413
        case .validationFailed: 422
        case .secretMissing: 424
        case .approvalRequired: 428
        case .rateLimited: 429
        case .cancelled: 499
        case .internal: 500
        case .toolError, .upstreamError, .outputInvalid, .workerCrashed, .sandboxViolation,
            .unknownOutcome:
            502
        case .overloaded: 503
        case .timeout: 504
        }
    }

    /// The exit status of `rig call`.
    package var exitCode: Int32 {
        switch self {
        case .invalidRequest: 2
        case .approvalRequired: 3
        case .unauthenticated, .forbidden, .policyDenied, .approvalInvalid: 4
        case .toolNotFound, .toolDisabled, .validationFailed, .idempotencyConflict, .secretMissing,
            .payloadTooLarge, .rateLimited, .overloaded, .timeout, .cancelled, .toolError,
            .upstreamError, .outputInvalid, .workerCrashed, .sandboxViolation, .unknownOutcome,
            .internal:
            1
        }
    }

    /// Whether a worker's answer may carry this type. All others are RIG's to say: a pack that
    /// could answer `approval_required` or `policy_denied` could speak in RIG's name.
    package var mayComeFromWorker: Bool {
        switch self {
        case .toolError, .upstreamError, .validationFailed, .secretMissing, .payloadTooLarge,
            .rateLimited, .overloaded, .timeout, .cancelled, .unknownOutcome:
            true
        case .invalidRequest, .unauthenticated, .forbidden, .toolNotFound, .toolDisabled,
            .policyDenied, .approvalRequired, .approvalInvalid, .idempotencyConflict,
            .outputInvalid, .workerCrashed, .sandboxViolation, .internal:
            false
        }
    }
}
