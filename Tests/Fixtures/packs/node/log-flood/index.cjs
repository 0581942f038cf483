"use strict";
// Sends 100000 log frames and as many progress frames in a call.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-log-flood", version: "1.0.0" };
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
    for (let number = 0; number < 100000; number += 1) {
        ctx.log("info", "flood", { number });
        ctx.progress(number, 100000);
    }
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
