"use strict";
// What a tool gets beside its arguments.

const { ToolError } = require("./errors.cjs");
const { encode } = require("./text.cjs");

// Beyond this setTimeout fires at once.
const TIMER_MS_MAX = 2 ** 31 - 1;
const LEVELS = new Set(["debug", "info", "warning", "error"]);

/** One call's surroundings. Fields a call does not have are undefined (secrets: empty). */
class Context {
    #call;
    #send;

    constructor(fields, folders, call, send) {
        this.correlation_id = fields.correlation_id;
        this.tenant_id = fields.tenant_id;
        this.actor_id = fields.actor_id;
        this.attempt = fields.attempt ?? 1;
        this.deadline_ms = fields.deadline_ms;
        this.idempotency_key = fields.idempotency_key;
        this.approval_id = fields.approval_id;
        this.traceparent = fields.traceparent;
        this.secrets = fields.secrets ?? {};
        this.work_dir = folders.work_dir;
        this.data_dir = folders.data_dir;
        this.workspace_dir = folders.workspace_dir;
        this.#call = call;
        this.#send = send;
    }

    /** Milliseconds until the deadline, never below 0; undefined without a deadline. */
    remaining_ms() {
        if (this.deadline_ms === undefined) return undefined;
        const left = this.deadline_ms - (performance.now() - this.#call.started);
        return Math.max(0, Math.floor(left));
    }

    /** True once the caller gave up or the deadline passed: stop, undo, return. */
    cancelled() {
        return this.#call.isCancelled || this.remaining_ms() === 0;
    }

    /** An AbortSignal that fires on cancel: `fetch(url, {signal: ctx.signal})`. */
    get signal() {
        return this.#call.abort().signal;
    }

    /** Waits up to `seconds`; ends at once, and with true, when the call is cancelled. */
    wait(seconds) {
        const left = this.remaining_ms() ?? TIMER_MS_MAX;
        const milliseconds = Math.max(0, Math.min(seconds * 1000, left, TIMER_MS_MAX));
        const { signal } = this;
        return new Promise((resolve) => {
            const end = () => {
                clearTimeout(timer);
                signal.removeEventListener("abort", end);
                resolve(this.cancelled());
            };
            const timer = setTimeout(end, milliseconds);
            signal.addEventListener("abort", end);
            if (signal.aborted) end();
        });
    }

    /** Tells how far the call is. Frames after the result are dropped. */
    progress(done, total, message) {
        const frame = { type: "progress", id: this.#call.id, done };
        if (total !== undefined && total !== null) frame.total = total;
        if (message !== undefined && message !== null) frame.message = String(message);
        this.#tell(frame);
    }

    /** One line for the sidecar's log, with this call's id. */
    log(level, message, fields) {
        const frame = {
            type: "log",
            id: this.#call.id,
            level: LEVELS.has(level) ? level : "info",
            message: String(message),
        };
        if (fields) {
            const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
            frame.fields = Object.fromEntries(entries.map(([name, value]) => [name, plain(value)]));
        }
        this.#tell(frame);
    }

    /** An error to throw: `throw ctx.error("upstream_error", "…", {retryable: true})`. */
    error(type, message, more) {
        return new ToolError(type, message, more);
    }

    #tell(frame) {
        if (this.#call.isAnswered) return;
        this.#send(encode(frame));
    }
}

function plain(value) {
    try {
        encode(value);
        return value;
    } catch {
        return String(value);
    }
}

module.exports = { Context };
