"use strict";
// Well behaved: one tool with a side effect that can be counted from outside, its log line.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-tally", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "mark",
            description: "Marks a key, then takes its time.",
            risk: "write",
            idempotent: false,
            timeout_ms: 3600000,
            input_schema: {
                type: "object",
                properties: {
                    key: { type: "string" },
                    seconds: { type: "number", minimum: 0 },
                },
                required: ["key"],
                additionalProperties: false,
            },
        },
    ];
}

async function invoke(_name, args, ctx) {
    ctx.log("info", `mark ${args.key}`);
    await ctx.wait(args.seconds ?? 0);
    return { ok: true, output: { key: args.key } };
}

module.exports = { invoke, metadata, tools };
