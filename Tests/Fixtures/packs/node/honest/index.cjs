"use strict";
// Does what real packs do, and says what went wrong; its twin is python/honest.

const assert = require("node:assert");
const crypto = require("node:crypto");
const { once } = require("node:events");
const fs = require("node:fs/promises");
const os = require("node:os");
const path = require("node:path");
const { duplexPair, Duplex } = require("node:stream");
const tls = require("node:tls");
const { promisify } = require("node:util");
const { Worker } = require("node:worker_threads");
const zlib = require("node:zlib");

const checks = {
    async files({ work_dir: work }) {
        await fs.mkdir(path.join(work, "a/b"), { recursive: true });
        await fs.writeFile(path.join(work, "a/b/note"), "hello");
        await fs.cp(path.join(work, "a"), path.join(work, "copy"), { recursive: true });
        await fs.rename(path.join(work, "copy"), path.join(work, "moved"));
        assert.strictEqual(await fs.readFile(path.join(work, "moved/b/note"), "utf8"), "hello");
        await fs.rm(path.join(work, "moved"), { recursive: true });
        const made = await fs.mkdtemp(path.join(os.tmpdir(), "honest-"));
        await fs.rm(made, { recursive: true });
    },

    async threads() {
        const worker = new Worker(
            "const { parentPort } = require('worker_threads'); parentPort.postMessage(1 + 1)",
            { eval: true },
        );
        const [answer] = await once(worker, "message");
        assert.strictEqual(answer, 2);
        await worker.terminate();
    },

    async pool() {
        const hash = promisify(crypto.pbkdf2);
        const keys = Array.from({ length: 8 }, (_, i) => hash("a", `${i}`, 10, 16, "sha256"));
        assert.strictEqual((await Promise.all(keys)).length, 8);
    },

    async wasm() {
        // (module (func (export "f") (result i32) i32.const 42))
        const bytes = Buffer.from(
            "0061736d010000000105016000017f030201000705010166000" + "00a06010400412a0b",
            "hex",
        );
        const { instance } = await WebAssembly.instantiate(bytes);
        assert.strictEqual(instance.exports.f(), 42);
    },

    async zip() {
        const packed = await promisify(zlib.gzip)(Buffer.alloc(100_000, "y"));
        assert.strictEqual((await promisify(zlib.gunzip)(packed)).length, 100_000);
    },

    async tls() {
        const [left, right] = pair();
        // Anonymous key agreement: a handshake without a certificate to carry along.
        const how = {
            ciphers: "AECDH-AES256-SHA:@SECLEVEL=0",
            maxVersion: "TLSv1.2",
            rejectUnauthorized: false,
        };
        const context = tls.createSecureContext(how);
        const server = new tls.TLSSocket(left, { isServer: true, secureContext: context });
        const client = tls.connect({
            socket: right,
            ...how,
            checkServerIdentity: () => undefined,
        });
        client.write("hello");
        const [text] = await once(server, "data");
        assert.strictEqual(`${text}`, "hello");
        client.destroy();
        server.destroy();
        assert(tls.rootCertificates.length > 50);
    },

    async itself() {
        assert(process.memoryUsage().rss > 0);
        assert(path.isAbsolute(process.execPath));
        assert.strictEqual(os.tmpdir(), process.env.TMPDIR);
        assert.strictEqual(
            new Date(0).toLocaleDateString("de-DE", { timeZone: "UTC" }),
            "1.1.1970",
        );
    },
};

/// Two streams of which each reads what the other writes; before node 20.17 there is no such call.
function pair() {
    if (duplexPair) return duplexPair();
    const make = () =>
        new Duplex({
            read() {},
            write(chunk, _encoding, done) {
                this.other.push(chunk);
                done();
            },
        });
    const [left, right] = [make(), make()];
    left.other = right;
    right.other = left;
    return [left, right];
}

exports.metadata = () => ({ rsp: "1.0", name: "rig-pack-honest", version: "1.0.0" });

exports.tools = () => [
    {
        rtp: "1.0",
        name: "go",
        description: "Tries everything and says what failed.",
        risk: "read",
        input_schema: { type: "object" },
    },
];

exports.invoke = async (_tool, _args, ctx) => {
    const output = {};
    for (const [name, check] of Object.entries(checks)) {
        try {
            await check(ctx);
            output[name] = "ok";
        } catch (error) {
            output[name] = `${error}`;
        }
    }
    return { ok: true, output };
};
