"use strict";
// Never says which tools it has.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-hang-on-describe", version: "1.0.0" };
}

function tools() {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3600_000);
}

async function invoke() {
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
