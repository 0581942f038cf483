"use strict";
// Declares a tool without a risk.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-bad-tooldef", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Misbehaves.",
            input_schema: { type: "object", properties: {} },
        },
    ];
}

async function invoke() {
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
