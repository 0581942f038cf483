"use strict";
// Runs for ever and hears no cancel.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-deaf", version: "1.0.0" };
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

function invoke() {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3600_000);
}

module.exports = { invoke, metadata, tools };
