// What honest packs do; run inside the jail by RIGSandboxTests.
// Prints "OK name" or "FAILED name why" a line, and exits 1 when anything failed.
"use strict";

const assert = require("assert");
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");
const { Worker } = require("worker_threads");

const work = process.env.RIG_WORK;

function onlyTheChannelIsOpen() {
    // libuv's own descriptors (epoll, eventfd, pipes) are anonymous: only files and sockets count.
    for (let fd = 5; fd < 256; fd++) {
        let status;
        try {
            status = fs.fstatSync(fd);
        } catch {
            continue;
        }
        assert(!status.isFile() && !status.isDirectory() && !status.isSocket(), `fd ${fd}`);
    }
}

function writeAndReadBack() {
    const file = path.join(work, "note.txt");
    fs.writeFileSync(file, "hello");
    fs.renameSync(file, `${file}.new`);
    assert.strictEqual(fs.readFileSync(`${file}.new`, "utf8"), "hello");
    fs.copyFileSync(`${file}.new`, `${file}.copy`);
    fs.rmSync(`${file}.new`);
    fs.mkdirSync(path.join(work, "a/b"), { recursive: true });
    fs.rmSync(path.join(work, "a"), { recursive: true });
}

async function promisesAndThreadPool() {
    await fs.promises.writeFile(path.join(work, "later"), "x");
    await new Promise((resolve, reject) =>
        crypto.pbkdf2("a", "b", 10, 16, "sha256", (error) => (error ? reject(error) : resolve())));
}

async function workerThread() {
    const worker = new Worker(
        "require('worker_threads').parentPort.postMessage(1 + 1)", { eval: true });
    const answer = await new Promise((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
    });
    assert.strictEqual(answer, 2);
    await worker.terminate();
}

async function wasm() {
    const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    await WebAssembly.instantiate(empty);
    new WebAssembly.Memory({ initial: 1 });
}

function sharedMemory() {
    const shared = new Int32Array(new SharedArrayBuffer(1 << 20));
    Atomics.add(shared, 7, 1);
    assert.strictEqual(Atomics.load(shared, 7), 1);
    new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
}

function jit() {
    let sum = 0;
    for (let i = 0; i < 3e6; i++) sum = (sum + i * i) % 1000003;
    assert(sum >= 0);
}

function digestsAndZip() {
    assert(crypto.createHash("sha256").update("").digest("hex").startsWith("e3b0"));
    assert.strictEqual(zlib.gunzipSync(zlib.gzipSync("y")).toString(), "y");
    require("tls").createSecureContext();
}

function cleanEnvironment() {
    const allowed = new Set(["HOME", "TMPDIR", "LANG", "RIG_WORK"]);
    assert.deepStrictEqual(Object.keys(process.env).filter((name) => !allowed.has(name)), []);
}

function workingDirectory() {
    assert.strictEqual(process.cwd(), work);
}

function echoOverTheChannel() {
    const room = Buffer.alloc(100);
    const count = fs.readSync(3, room);
    fs.writeSync(4, JSON.stringify({ got: room.toString("utf8", 0, count) }));
}

async function main() {
    let failures = 0;
    const tasks = [
        onlyTheChannelIsOpen, writeAndReadBack, promisesAndThreadPool, workerThread, wasm,
        sharedMemory, jit, digestsAndZip, cleanEnvironment, workingDirectory, echoOverTheChannel,
    ];
    for (const task of tasks) {
        try {
            await task();
            console.log("OK", task.name);
        } catch (error) {
            failures++;
            console.log("FAILED", task.name, error.message);
        }
    }
    process.exitCode = failures === 0 ? 0 : 1;
}

main();
