"use strict";
// Writes bytes that are no frame where the frames go, in a call.

const fs = require("node:fs");

function metadata() {
    return { rsp: "1.0", name: "rig-pack-garbage-frames", version: "1.0.0" };
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
    const body = Buffer.from("    this is no JSON");
    body.writeUInt32LE(body.length - 4, 0);
    fs.writeSync(4, body);
    await ctx.wait(60);
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
