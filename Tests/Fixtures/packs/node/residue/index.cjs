"use strict";
// Leaves something wherever it can, and says what it finds there from before.

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const left = [];

function inFile(folder) {
    const file = path.join(folder, "rig-residue-left-by-a-call");
    return [() => fs.existsSync(file), () => fs.writeFileSync(file, "left")];
}

function places(ctx) {
    return {
        global: [() => left.length > 0, () => left.push(1)],
        globalThis: [() => "left" in globalThis, () => Reflect.set(globalThis, "left", 1)],
        prototype: [() => "left" in Array.prototype, () => Reflect.set(Array.prototype, "left", 1)],
        environment: [() => "LEFT" in process.env, () => Reflect.set(process.env, "LEFT", "1")],
        cache: [() => "left" in require.cache, () => Reflect.set(require.cache, "left", {})],
        work_dir: inFile(ctx.work_dir),
        "current folder": inFile(process.cwd()),
        "temporary folder": inFile(os.tmpdir()),
        "other folders": inFile(path.dirname(ctx.work_dir)),
    };
}

async function invoke(_tool, args, ctx) {
    // Private: where no jail keeps the rest of the machine clean.
    const isMeant = ([name]) => !args.private || ["global", "work_dir"].includes(name);
    const all = Object.entries(places(ctx)).filter(isMeant);
    // All of it before the first is left: two names may mean one place.
    const found = all.filter(([, [isThere]]) => isThere()).map(([name]) => name);
    for (const [, [, leave]] of all) {
        try {
            leave();
        } catch {
            // What cannot be left is as good as gone.
        }
    }
    console.log("not flushed");
    return { ok: true, output: { pid: process.pid, found } };
}

function metadata() {
    return { rsp: "1.0", name: "rig-pack-residue", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Leaves something and says what it finds.",
            risk: "read",
            input_schema: { type: "object" },
        },
    ];
}

module.exports = { invoke, metadata, tools };
