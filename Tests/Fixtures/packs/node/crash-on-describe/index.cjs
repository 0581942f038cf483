"use strict";
// Raises when it is asked for its tools.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-crash-on-describe", version: "1.0.0" };
}

function tools() {
    throw new Error("no tools today");
}

async function invoke() {
    return { ok: true, output: {} };
}

module.exports = { invoke, metadata, tools };
