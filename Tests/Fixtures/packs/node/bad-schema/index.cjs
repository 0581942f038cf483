"use strict";
// Declares a tool whose input_schema is no JSON Schema.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-bad-schema", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Misbehaves.",
            risk: "read",
            input_schema: { type: "object", properties: 7 },
        },
    ];
}

async function invoke() {
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
