"use strict";
// What only Node's runner does; what all runners do is in runners/conformance.

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const path = require("node:path");
const test = require("node:test");

const { Cutter } = require("../lib/frames.cjs");
const { Worker } = require("../lib/worker.cjs");

const MAIN = path.resolve(__dirname, "../main.cjs");
const PACKS = path.resolve(__dirname, "../../../Tests/Fixtures/packs/node");

function invocation(id, tool, args) {
    const ctx = { correlation_id: `c${id}`, tenant_id: "t", actor_id: "a", attempt: 1 };
    return { type: "invoke", id, tool, ctx, args };
}

/** A runner whose fd 3 and fd 4 are sockets, as an external runner's are. */
class Child {
    constructor(pack, entry) {
        const stdio = ["ignore", "pipe", "pipe", "pipe", "pipe"];
        this.process = spawn(process.execPath, [MAIN], { stdio });
        this.frames = [];
        this.waiting = [];
        this.stderr = "";
        this.process.stderr.on("data", (chunk) => {
            this.stderr += chunk;
        });
        this.process.stdout.resume();
        const cutter = new Cutter((text) => this.arrive(JSON.parse(text)));
        cutter.bytesMax = 1 << 24;
        this.process.stdio[4].on("data", (bytes) => cutter.push(bytes, bytes.length));
        this.process.stdio[4].on("end", () => this.arrive(undefined));
        this.ended = new Promise((resolve) => {
            this.process.on("close", (status, signal) => resolve({ status, signal }));
        });
        this.send({
            type: "hello",
            protocol: 1,
            pack: { root: path.join(PACKS, pack), entry, name: pack },
            limits: { frame_bytes: 1 << 24, concurrency: 4 },
            work_dir: "/tmp",
        });
    }

    /** Sends all messages in one write, so that they arrive together. */
    send(...messages) {
        const frames = messages.map((message) => {
            const frame = Buffer.from(`    ${JSON.stringify(message)}`);
            frame.writeUInt32LE(frame.length - 4);
            return frame;
        });
        this.process.stdio[3].write(Buffer.concat(frames));
    }

    invoke(id, tool, args = {}) {
        this.send(invocation(id, tool, args));
    }

    arrive(frame) {
        const next = this.waiting.shift();
        if (next === undefined) this.frames.push(frame);
        else next(frame);
    }

    receive() {
        if (this.frames.length > 0) return this.frames.shift();
        return new Promise((resolve) => {
            this.waiting.push(resolve);
        });
    }

    close() {
        this.process.stdio[3].end();
        return this.ended;
    }
}

test("an ES module with a top-level await and a default export is a pack", async () => {
    const child = new Child("probe-module", "index.mjs");
    assert.equal((await child.receive()).pack.name, "rig-pack-probe-module");
    child.send({ type: "describe" });
    assert.equal((await child.receive()).tools[0].name, "go");
    child.invoke(1, "go");
    const error = { type: "tool_error", message: "by value", code: "v" };
    assert.deepEqual(await child.receive(), { type: "result", id: 1, ok: false, error });
    assert.deepEqual(await child.close(), { status: 0, signal: null });
});

test("an ES module in a .js file is a pack", async () => {
    const child = new Child("probe-module-js", "./index.js");
    assert.equal((await child.receive()).pack.name, "rig-pack-probe-module-js");
    child.invoke(1, "go");
    assert.deepEqual((await child.receive()).output, { module: true });
    await child.close();
});

test("a throw outside of calls fails each open call, then ends the worker with 1", async () => {
    const child = new Child("stray-throw", "index.cjs");
    await child.receive();
    child.send(invocation(1, "go", {}), invocation(2, "go", {}));
    for (const id of [1, 2]) {
        const result = await child.receive();
        assert.deepEqual([result.id, result.ok], [id, false]);
        assert.match(result.error.message, /outside of its calls: Error: thrown where nobody/);
    }
    assert.deepEqual(await child.ended, { status: 1, signal: null });
    assert.match(child.stderr, /index\.cjs/);
});

test("a large output passes a socket that is not read at once", async () => {
    const child = new Child("../../../../packs/node/pack-echo", "index.cjs");
    await child.receive();
    child.process.stdio[4].pause();
    child.invoke(1, "big", { bytes: 9_000_000 });
    setImmediate(() => child.process.stdio[4].resume());
    assert.equal((await child.receive()).output.text.length, 9_000_000);
    await child.close();
});

test("an answer that is neither output nor error is a tool error", () => {
    const worker = new Worker(3, 4);
    for (const answer of [undefined, null, 42, {}, { ok: 1 }, { output: 1 }]) {
        const { ok, error } = JSON.parse(worker.answerText({ id: 1 }, answer));
        assert.equal(ok, false);
        assert.match(error.message, /answered neither/);
    }
    for (const error of [undefined, "text", []]) {
        const result = JSON.parse(worker.answerText({ id: 1 }, { ok: false, error }));
        assert.equal(result.error.type, "tool_error");
    }
});
