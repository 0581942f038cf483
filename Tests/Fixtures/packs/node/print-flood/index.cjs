"use strict";
// Prints without end in a call, deaf to its deadline.

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

async function invoke() {
    for (;;) {
        process.stderr.write(`${"flood ".repeat(10000)}\n`);
        await new Promise(setImmediate);
    }
}

module.exports = { invoke, metadata, tools };
