"use strict";
// Dies in a call, as by a bug in native code.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-crash-in-call", version: "1.0.0" };
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
    process.abort();
}

module.exports = { invoke, metadata, tools };
