"use strict";
// Writes bytes that are no frame when it is asked for its tools.

const fs = require("node:fs");

function metadata() {
    return { rsp: "1.0", name: "rig-pack-garbage-on-describe", version: "1.0.0" };
}

function tools() {
    fs.writeSync(4, Buffer.from("\x05\0\0\0{oops", "latin1"));
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
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
