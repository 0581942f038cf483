"use strict";
// Answers with what its output_schema forbids.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-bad-output", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Misbehaves.",
            risk: "read",
            input_schema: { type: "object", properties: {} },
            output_schema: { type: "object", required: ["never"] },
        },
    ];
}

async function invoke() {
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
