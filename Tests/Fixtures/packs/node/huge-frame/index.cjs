"use strict";
// Writes a frame of 100 MB in a call.

const fs = require("node:fs");

function metadata() {
    return { rsp: "1.0", name: "rig-pack-huge-frame", version: "1.0.0" };
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
    const text = `{"type":"result","id":1,"ok":true,"output":"${"x".repeat(100_000_000)}"}`;
    const frame = Buffer.from(`    ${text}`);
    frame.writeUInt32LE(frame.length - 4, 0);
    for (let sent = 0; sent < frame.length; ) sent += fs.writeSync(4, frame, sent);
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
