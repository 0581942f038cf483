"use strict";
// Tools that show what RIG does with a call; the same as rig-pack-echo for Python.

const { IMPLS } = require("./impls.cjs");
const { TOOLS } = require("./tools.cjs");
const { version } = require("./package.json");

function metadata() {
    return {
        rsp: "1.0",
        name: "@rig/pack-echo",
        version,
        capabilities: { net: [], fs: [], secrets: [] },
    };
}

function tools() {
    return TOOLS;
}

async function invoke(toolName, args, ctx) {
    return { ok: true, output: await IMPLS[toolName](args, ctx) };
}

module.exports = { invoke, metadata, tools };
