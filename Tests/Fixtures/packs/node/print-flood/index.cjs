"use strict";
// Prints without end in a call.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-print-flood", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Misbehaves.",
            risk: "read",
            input_schema: { type: "object", properties: {} },
        },
    ];
}

async function invoke(_name, _args, ctx) {
    while (!ctx.cancelled()) {
        process.stderr.write(`${"flood ".repeat(10000)}\n`);
        await new Promise(setImmediate);
    }
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
