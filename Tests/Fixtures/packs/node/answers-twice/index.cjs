"use strict";
// Answers its own call by hand, then returns.

const fs = require("node:fs");

let calls = 0;

function metadata() {
    return { rsp: "1.0", name: "rig-pack-answers-twice", version: "1.0.0" };
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

// Right when the sidecar counts its ids from 1, as RIG's does.
async function invoke() {
    calls += 1;
    const text = `    {"type":"result","id":${calls},"ok":true,"output":{"first":true}}`;
    const frame = Buffer.from(text);
    frame.writeUInt32LE(frame.length - 4, 0);
    fs.writeSync(4, frame);
    return { ok: true, output: { second: true } };
}

module.exports = { invoke, metadata, tools };
