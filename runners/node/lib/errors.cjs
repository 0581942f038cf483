"use strict";
// From whatever a pack threw or returned to the `error` object of a result frame.
// errors.py of the Python runner says the same.

// What a pack may say of its own failure. Every other type of RTP tells what the gateway
// decided (policy_denied, approval_required, internal …); a pack that could claim those could
// ask a person to approve something the gateway never asked about.
const PACK_TYPES = new Set([
    "tool_error",
    "upstream_error",
    "validation_failed",
    "secret_missing",
    "rate_limited",
    "timeout",
    "cancelled",
    "unknown_outcome",
]);
// The types whose `retryable` is the pack's word; RTP fixes it for all others.
const RETRY_IS_THE_PACKS = new Set(["tool_error", "upstream_error", "timeout"]);

const MESSAGE_CHARS_MAX = 2000;
const CODE = /^[A-Za-z0-9_.:-]{1,64}$/;
const RETRY_AFTER_MS = 1000;
const ASK_BEFORE_RETRY = "Find out at the remote side whether it happened before calling again.";
const NO_MESSAGE = "the tool failed and said nothing more";
const VIOLATION_FIELDS = ["pointer", "keyword", "schema_pointer", "message"];

/** A failure with a type of its own; `ctx.error(...)` makes one. */
class ToolError extends Error {
    constructor(type, message, more = {}) {
        super(message);
        this.name = "ToolError";
        this.rig_error = { ...more, type, message };
    }
}

/** An error object made by the runner itself. */
function fault(type, message, details) {
    return details === undefined ? { type, message } : { type, message, details };
}

function clip(text) {
    return text.length <= MESSAGE_CHARS_MAX
        ? text
        : `${text.slice(0, MESSAGE_CHARS_MAX - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Class and text of anything thrown, on one line; never throws itself. */
function said(problem) {
    try {
        if (problem instanceof Error) {
            const name = problem.name || "Error";
            return clip(problem.message ? `${name}: ${problem.message}` : name);
        }
        return clip(`threw ${String(problem)}`);
    } catch {
        return "threw something without a text";
    }
}

/** Class and text: the stack goes to stderr, where a client cannot see it. */
function fromException(problem) {
    return fault("tool_error", said(problem));
}

/** What a pack claimed, field by field: wrong or unknown parts fall away, none is trusted. */
function fromClaim(claim) {
    const known = PACK_TYPES.has(claim.type);
    const isText = (value) => typeof value === "string" && value !== "";
    const isCode = (value) => typeof value === "string" && CODE.test(value);
    const error = {
        type: known ? claim.type : "tool_error",
        message: isText(claim.message) ? clip(claim.message) : NO_MESSAGE,
    };
    if (typeof claim.retryable === "boolean" && RETRY_IS_THE_PACKS.has(error.type)) {
        error.retryable = claim.retryable;
    }
    if (isCode(claim.code)) error.code = claim.code;
    // The type it must not claim is kept as its code, so that nothing said is lost.
    else if (!known && isCode(claim.type)) error.code = claim.type;
    if (isText(claim.remediation)) error.remediation = clip(claim.remediation);
    if (claim.details !== undefined && claim.details !== null) {
        const isContainer = typeof claim.details === "object";
        error.details = isContainer ? claim.details : { value: claim.details };
    }
    return complete(error);
}

/** Adds what RTP demands of a type and the pack left out. */
function complete(error) {
    if (error.type === "unknown_outcome") {
        error.remediation ??= ASK_BEFORE_RETRY;
    } else if (error.type === "rate_limited") {
        const details = Array.isArray(error.details) ? {} : { ...error.details };
        if (!Number.isInteger(details.retry_after_ms) || details.retry_after_ms < 0) {
            details.retry_after_ms = RETRY_AFTER_MS;
        }
        error.details = details;
    } else if (error.type === "validation_failed" && !areViolations(error.details)) {
        error.details = [violation("", "pack", "", error.message)];
    }
    return error;
}

/** One entry of a validation_failed error's details. */
function violation(pointer, keyword, schemaPointer, message) {
    return { pointer, keyword, schema_pointer: schemaPointer, message };
}

function areViolations(details) {
    return (
        Array.isArray(details) &&
        details.length > 0 &&
        details.every(
            (entry) =>
                entry !== null &&
                typeof entry === "object" &&
                Object.keys(entry).length === VIOLATION_FIELDS.length &&
                VIOLATION_FIELDS.every((field) => typeof entry[field] === "string") &&
                entry.keyword !== "" &&
                entry.message !== "",
        )
    );
}

/** The `rig_error` object of something thrown, undefined when it has none. */
function claimOf(value) {
    try {
        const claim = value?.rig_error;
        return claim !== null && typeof claim === "object" ? claim : undefined;
    } catch {
        return undefined;
    }
}

module.exports = { ToolError, claimOf, fault, fromClaim, fromException, said, violation };
