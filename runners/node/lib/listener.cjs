"use strict";
// A worker for every connection to a Unix socket: a runner that someone else supervises.
//
// This process loads no pack. Each connection gets a process of its own, in an empty folder of its
// own that is removed when it has ended.

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");

function listen(program, words) {
    const place = words.length === 1 && words[0].startsWith("unix:/") ? words[0].slice(5) : null;
    if (place === null) fail("usage: main.cjs --listen unix:/path/of/socket", 2);
    const children = new Map();
    const server = net.createServer({ pauseOnConnect: true }, (connection) => {
        start(program, connection, children);
    });
    const stop = () => {
        for (const [child, folder] of children) {
            child.kill("SIGKILL");
            fs.rmSync(folder, { recursive: true, force: true });
        }
        fs.rmSync(place, { force: true });
        process.exit(0);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    server.on("error", (problem) => fail(`rig runner: ${place}: ${problem.message}`, 1));
    if (!fs.existsSync(place)) {
        server.listen(place);
        return;
    }
    const probe = net.connect(place);
    probe.on("connect", () => fail(`rig runner: ${place}: another runner listens there`, 1));
    probe.on("error", () => {
        fs.rmSync(place, { force: true }); // left by one that was killed
        server.listen(place);
    });
}

function start(program, connection, children) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rig-worker-"));
    const child = spawn(process.execPath, [...process.execArgv, program], {
        cwd: folder,
        stdio: ["ignore", "inherit", "inherit", connection, connection],
    });
    children.set(child, folder);
    const forget = () => {
        children.delete(child);
        fs.rmSync(folder, { recursive: true, force: true });
    };
    child.on("exit", forget);
    child.on("error", forget);
    connection.destroy(); // the child has it now
}

function fail(words, status) {
    process.stderr.write(`${words}\n`);
    process.exit(status);
}

module.exports = { listen };
