"use strict";
// Takes memory until there is none.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-memory-hog", version: "1.0.0" };
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
    const held = [];
    while (!ctx.cancelled()) {
        held.push(Buffer.alloc(16 << 20, 1));
        await new Promise(setImmediate);
    }
    return { ok: true, output: held.length };
}

module.exports = { invoke, metadata, tools };
