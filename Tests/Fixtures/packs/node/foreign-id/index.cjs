"use strict";
// Answers a call that nobody made.

const fs = require("node:fs");

function metadata() {
    return { rsp: "1.0", name: "rig-pack-foreign-id", version: "1.0.0" };
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
    const frame = Buffer.from('    {"type":"result","id":4000000000,"ok":true,"output":{}}');
    frame.writeUInt32LE(frame.length - 4, 0);
    fs.writeSync(4, frame);
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
