internal import RIGJSON

/// Errors of calls that were dispatched, or that RIG itself broke.
extension RTPError {
    package static func timeout(afterMilliseconds: Int, isIdempotent: Bool) -> RTPError {
        RTPError(
            .timeout, "no answer within \(afterMilliseconds) ms", retryable: isIdempotent)
    }

    /// The deadline passed before a worker was given the call: nothing has happened.
    package static func timeout(unsentAfterMilliseconds: Int) -> RTPError {
        RTPError(
            .timeout, "not begun within \(unsentAfterMilliseconds) ms", retryable: true)
    }

    /// `what` says what took so long.
    package static func timeout(_ what: String, isIdempotent: Bool) -> RTPError {
        RTPError(.timeout, what, retryable: isIdempotent)
    }

    package static func cancelled(_ what: String = "the caller withdrew the call") -> RTPError {
        RTPError(.cancelled, what)
    }

    /// `violations` is empty when the output was no JSON at all; `what` then says so.
    package static func outputInvalid(
        _ violations: [Violation], what: String = "the output"
    ) -> RTPError {
        RTPError(
            .outputInvalid,
            violations.isEmpty ? what : summary(of: violations, what: what),
            details: violations.isEmpty
                ? nil : .array(violations.prefix(Limits.violationsReportedMax).map(\.encoded)))
    }

    /// `how` follows "the worker": `ended by signal 11`.
    package static func workerCrashed(_ how: String, isIdempotent: Bool) -> RTPError {
        RTPError(.workerCrashed, "the worker \(how)", retryable: isIdempotent)
    }

    /// `what` follows "the sandbox stopped the worker": `at the system call mount`.
    package static func sandboxViolation(_ what: String) -> RTPError {
        RTPError(.sandboxViolation, "the sandbox stopped the worker \(what)")
    }

    /// `how` says what cut the call off; `verification` how to find out what happened.
    package static func unknownOutcome(
        _ tool: QualifiedName, how: String, verification: String? = nil
    ) -> RTPError {
        RTPError(
            .unknownOutcome,
            "\(tool) was started and its end is unknown: \(how)",
            remediation: verification
                ?? "Check with a read-only tool or in the remote system whether \(tool) took effect"
                + " before sending it again.")
    }

    /// A pack that broke before it could say anything itself: a failed import, a malformed frame.
    package static func toolError(_ message: String, code: String? = nil) -> RTPError {
        RTPError(.toolError, message, code: code)
    }

    /// The code of tools whose pack is not there, and of those whose pack may yet come.
    package static let notMountedCode = "pack_not_mounted"
    package static let loadingCode = "pack_loading"

    /// A tool whose pack is still loading; its caller may try again.
    package static func packLoading(_ why: String) -> RTPError {
        RTPError(
            .toolError, "the pack is not mounted: \(why)", retryable: true, code: loadingCode)
    }

    /// A tool whose pack is not there: for whom `self` is why.
    package var ofUnmountedPack: RTPError {
        RTPError(
            type, "the pack is not mounted: \(message)", retryable: retryable,
            code: code ?? Self.notMountedCode, details: details, remediation: remediation,
            approval: approval)
    }

    /// `what` names the broken invariant for the log's reader, without anything from the call.
    package static func `internal`(_ what: String) -> RTPError {
        RTPError(
            .internal, "a bug in RIG: \(what)",
            remediation: "Report it with the correlation id of this call.")
    }
}
