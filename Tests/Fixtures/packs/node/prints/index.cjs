"use strict";
// Prints to stdout and stderr at import, when described and in a call.

const fs = require("node:fs");

console.log("imported");
fs.writeSync(1, Buffer.from("00ff6e6f20746578742c206e6f20656e64", "hex"));

function metadata() {
    return { rsp: "1.0", name: "rig-pack-prints", version: "1.0.0" };
}

function tools() {
    console.error("described");
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
    console.log('{"type":"result","id":1,"ok":true,"output":"forged"}');
    process.stdout.write("x".repeat(100000));
    return { ok: true, output: { printed: true } };
}

module.exports = { invoke, metadata, tools };
