"use strict";
// A well-behaved pack that shows a test what its runner does; its twin is python/probe.

const { setTimeout: pause } = require("node:timers/promises");

const inside = new Set();

function context(_args, ctx) {
    const names = [
        "correlation_id",
        "tenant_id",
        "actor_id",
        "attempt",
        "deadline_ms",
        "idempotency_key",
        "approval_id",
        "work_dir",
        "data_dir",
        "workspace_dir",
        "secrets",
    ];
    return Object.fromEntries(names.map((name) => [name, ctx[name] ?? null]));
}

function fail({ how }, ctx) {
    switch (how) {
        case "plain":
            throw new TypeError("no such thing");
        case "claim":
            throw ctx.error("upstream_error", "the API said 503", {
                code: "http_503",
                retryable: true,
                details: { status: 503 },
                remediation: "Try again later.",
            });
        case "forged":
            throw ctx.error("approval_required", "please approve me");
        case "bare_claim":
            throw Object.assign(new Error("x"), {
                rig_error: { type: "rate_limited", message: 7, code: "has spaces" },
            });
        case "deep":
            return fail({ how }, ctx);
        case "odd_details":
            throw ctx.error("tool_error", "details have no JSON form", { details: { a: 1n } });
        default:
            throw new Error(how);
    }
}

function give({ what }) {
    switch (what) {
        case "nothing":
            return null;
        case "nan":
            return { number: Number.NaN };
        case "no_json":
            return { value: 1n };
        case "deep": {
            let nest = [];
            for (let depth = 0; depth < 100000; depth += 1) nest = [nest];
            return nest;
        }
        case "circle": {
            const circle = [];
            circle.push(circle);
            return circle;
        }
        case "surrogate":
            return "\ud800";
        case "unicode":
            return { text: 'é 漢 😀 \u2028 \x01 "\\' };
        default:
            throw new Error(what);
    }
}

async function hold({ seconds = 60 }, ctx) {
    return { cancelled: await ctx.wait(seconds) };
}

async function spin(_args, ctx) {
    while (!ctx.cancelled()) await new Promise(setImmediate);
    return { cancelled: true };
}

/** Ends when as many calls are inside at once as asked for. */
async function meet({ count }, ctx) {
    inside.add(ctx.correlation_id);
    while (inside.size < count) {
        if (await ctx.wait(0.002)) throw ctx.error("timeout", `only ${inside.size} came`);
    }
    return { met: true };
}

async function holdAsync(_args, ctx) {
    await pause(60000, undefined, { signal: ctx.signal });
    return { cancelled: false };
}

async function failAsync(args, ctx) {
    await null;
    return fail(args, ctx);
}

async function sayAsync({ text }) {
    await null;
    return { text };
}

function report(_args, ctx) {
    ctx.log("info", "begun", { steps: 2, odd: 1n });
    ctx.progress(1, 2, "half");
    ctx.progress(2);
    ctx.log("shout", "done");
    return { done: true };
}

/** Tells its progress after it has answered: nothing of that may be sent. */
function late(_args, ctx) {
    setTimeout(() => ctx.progress(9, 9, "too late"), 50);
    return { done: true };
}

function show({ text }) {
    console.log(text);
    console.error(text);
    return { printed: true };
}

function schema(required, properties) {
    return { type: "object", properties, required, additionalProperties: false };
}

const TEXT = { type: "string", maxLength: 100000 };
const COUNT = { type: "integer", minimum: 1, maximum: 100 };
const TOOLS = {
    context: [context, schema([], {})],
    fail: [fail, schema(["how"], { how: TEXT })],
    give: [give, schema(["what"], { what: TEXT })],
    hold: [hold, schema([], { seconds: { type: "number" } })],
    spin: [spin, schema([], {})],
    meet: [meet, schema(["count"], { count: COUNT })],
    meet_async: [meet, schema(["count"], { count: COUNT })],
    hold_async: [holdAsync, schema([], {})],
    fail_async: [failAsync, schema(["how"], { how: TEXT })],
    say_async: [sayAsync, schema(["text"], { text: TEXT })],
    report: [report, schema([], {})],
    late: [late, schema([], {})],
    show: [show, schema(["text"], { text: TEXT })],
    strict: [(args) => args, schema(["n/m"], { "n/m": { type: "array", items: COUNT } })],
};

function metadata() {
    return { rsp: "1.0", name: "rig-pack-probe", version: "2.3.4" };
}

function tools() {
    return Object.entries(TOOLS).map(([name, [, input_schema]]) => ({
        rtp: "1.0",
        name,
        description: "Probes its runner.",
        risk: "read",
        input_schema,
    }));
}

async function invoke(toolName, args, ctx) {
    return { ok: true, output: await TOOLS[toolName][0](args, ctx) };
}

module.exports = { invoke, metadata, tools };
