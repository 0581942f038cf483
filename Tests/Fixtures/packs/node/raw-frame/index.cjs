"use strict";
// Writes the frame it is told to write, then says nothing more.

const fs = require("node:fs");

let calls = 0;

function metadata() {
    return { rsp: "1.0", name: "rig-pack-raw-frame", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Writes `hex` as a frame, with the call's id where it has 'ID'.",
            risk: "read",
            idempotent: false,
            input_schema: {
                type: "object",
                properties: {
                    hex: { type: "string" },
                    length: { type: "integer", minimum: 0 },
                },
                required: ["hex"],
            },
            output_schema: { type: "object", properties: { a: { type: "integer" } } },
        },
    ];
}

// The id is right when the sidecar counts from 1, as RIG's does.
async function invoke(_name, args) {
    calls += 1;
    const text = Buffer.from(args.hex, "hex").toString("latin1");
    const body = Buffer.from(text.replaceAll("ID", String(calls)), "latin1");
    const head = Buffer.alloc(4);
    head.writeUInt32LE(args.length ?? body.length, 0);
    let rest = Buffer.concat([head, body]);
    while (rest.length > 0) rest = rest.subarray(fs.writeSync(4, rest));
    return new Promise(() => {});
}

module.exports = { invoke, metadata, tools };
