"use strict";
// Declares more tools than a frame holds.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-many-tools", version: "1.0.0" };
}

function tools() {
    return Array.from({ length: 2000 }, (_, number) => ({
        rtp: "1.0",
        name: number ? `go${number}` : "go",
        description: "x".repeat(16000),
        risk: "read",
        input_schema: { type: "object" },
    }));
}

async function invoke() {
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
