"use strict";
// Throws outside of its call, while the call still runs.

function metadata() {
    return { rsp: "1.0", name: "rig-pack-stray-throw", version: "1.0.0" };
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

function invoke(_name, _args, ctx) {
    setImmediate(() => {
        throw new Error("thrown where nobody awaits it");
    });
    return ctx.wait(60);
}

module.exports = { invoke, metadata, tools };
