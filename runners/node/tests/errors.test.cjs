"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");

const { ToolError, claimOf, fromClaim, fromException } = require("../lib/errors.cjs");

test("wrong parts of a claim fall away", () => {
    const claim = {
        type: "tool_error",
        message: "m",
        retryable: "yes",
        code: "has spaces",
        remediation: 7,
        details: "scalar",
        approval: { approval_id: "x" },
    };
    const details = { value: "scalar" };
    assert.deepEqual(fromClaim(claim), { type: "tool_error", message: "m", details });
});

test("retryable counts only where it is the pack's word", () => {
    assert.equal(fromClaim({ type: "upstream_error", retryable: true }).retryable, true);
    assert.equal(fromClaim({ type: "cancelled", retryable: true }).retryable, undefined);
});

test("a type of the gateway becomes a code", () => {
    for (const type of ["approval_required", "policy_denied", "internal", "tool_not_found"]) {
        const error = fromClaim({ type, message: "m" });
        assert.deepEqual([error.type, error.code], ["tool_error", type]);
    }
});

test("what RTP demands is filled in", () => {
    assert.ok(fromClaim({ type: "unknown_outcome" }).remediation);
    const limited = fromClaim({ type: "rate_limited", details: { retry_after_ms: 5, x: 1 } });
    assert.deepEqual(limited.details, { retry_after_ms: 5, x: 1 });
    for (const details of [undefined, [], {}, [{ pointer: "" }], [1], [null]]) {
        const error = fromClaim({ type: "validation_failed", message: "m", details });
        assert.equal(error.details[0].message, "m");
    }
});

test("a tool error carries a claim", () => {
    const claim = claimOf(new ToolError("timeout", "slow", { retryable: true }));
    assert.deepEqual(fromClaim(claim), { type: "timeout", message: "slow", retryable: true });
});

test("anything thrown becomes one line", () => {
    const hostile = {
        get rig_error() {
            throw new Error("trap");
        },
        toString() {
            throw new Error("trap");
        },
    };
    const thrown = [undefined, null, 7, "text", Symbol("s"), hostile, Object.create(null)];
    for (const problem of thrown) {
        assert.equal(claimOf(problem), undefined);
        assert.equal(fromException(problem).type, "tool_error");
        assert.ok(fromException(problem).message);
    }
    assert.equal(fromException(new RangeError("far")).message, "RangeError: far");
    assert.equal(fromException(new Error("x".repeat(9999))).message.length, 2000);
});
