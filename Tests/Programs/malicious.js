// What a hostile pack tries from Node; run inside the jail, and outside of it as the positive
// control. Same output, environment and care as malicious.py.
"use strict";

const child = require("child_process");
const dgram = require("dgram");
const fs = require("fs");
const net = require("net");
const os = require("os");
const path = require("path");

const canary = process.env.RIG_CANARY_DIR || "/nonexistent";
const work = process.env.RIG_WORK || "/tmp";
const readOnly = process.env.RIG_READ || "/nonexistent";
const attempts = [];
const attempt = (name, action) => attempts.push([name, action]);
const opens = (name, file, flags = "r") =>
    attempt(name, () => {
        fs.closeSync(fs.openSync(file, flags));
        return file;
    });

// Files of the machine and of others.
opens("fs.read_shadow", "/etc/shadow");
opens("fs.read_passwd", "/etc/passwd");
opens("fs.read_canary", `${canary}/secret`);
opens("fs.read_canary_by_dots", `${work}/../../../../../..${canary}/secret`);
opens("fs.write_canary", `${canary}/secret`, "r+");
opens("fs.create_canary", `${canary}/made`, "w");
opens("fs.write_granted_read_only", readOnly, "r+");
opens("fs.append_granted_read_only", readOnly, "a");
opens("fs.create_in_usr", "/usr/rig-escape", "w");
opens("fs.create_in_tmp", `/tmp/rig-escape-${process.pid}`, "w");
opens("proc.self_environ", "/proc/self/environ");
opens("proc.self_mem", "/proc/self/mem", "r+");
opens("proc.parent_environ", `/proc/${process.ppid}/environ`);
opens("proc.self_root_shadow", "/proc/self/root/etc/shadow");
opens("proc.cpuinfo", "/proc/cpuinfo");
opens("proc.kallsyms", "/proc/kallsyms");
opens("dev.ptmx", "/dev/ptmx", "r+");
for (const where of ["/", "/root", "/home", "/etc", "/tmp", canary]) {
    attempt(`fs.list_${where}`, () => fs.readdirSync(where).length);
}
attempt("fs.symlink_to_canary", () => {
    fs.symlinkSync(`${canary}/secret`, path.join(work, "link"));
    return fs.readFileSync(path.join(work, "link"), "utf8");
});
attempt("fs.hard_link_of_canary", () => fs.linkSync(`${canary}/secret`, path.join(work, "hard")));
attempt("fs.rename_into_canary", () => {
    fs.writeFileSync(path.join(work, "mine"), "");
    fs.renameSync(path.join(work, "mine"), `${canary}/mine`);
});
attempt("fs.remove_canary", () => fs.unlinkSync(`${canary}/victim`));
// A call may be answered without being done: only the file tells.
const changesMode = (file) => () => {
    const mode = (fs.statSync(file).mode & 0o7777) ^ 0o011;
    fs.chmodSync(file, mode);
    if ((fs.statSync(file).mode & 0o7777) !== mode) throw new Error("no effect");
};
attempt("fs.chmod_canary", changesMode(`${canary}/secret`));
attempt("fs.chmod_granted_read_only", changesMode(readOnly));
attempt("fs.touch_canary", () => {
    fs.utimesSync(`${canary}/secret`, 1, 1);
    if (fs.statSync(`${canary}/secret`).mtimeMs !== 1000) throw new Error("no effect");
});
attempt("fs.truncate_granted_read_only", () => fs.truncateSync(readOnly, 3));
attempt("fs.watch_canary", () => fs.watch(canary).close());
attempt("fs.report_into_canary", () => {
    const file = `${canary}/report.json`;
    process.report.writeReport(file);
    if (!fs.existsSync(file)) throw new Error("not written");
});

// Processes.
attempt("exec.spawn_sync", () => {
    const result = child.spawnSync("/bin/true");
    if (result.error) throw result.error;
    return result.status;
});
attempt("exec.exec_file_sync", () => child.execFileSync("/bin/true"));
attempt("exec.node_again", () => child.execFileSync(process.execPath, ["-e", "1"]));
attempt("exec.spawn", () => new Promise((resolve, reject) => {
    const process = child.spawn("/bin/true", { detached: true });
    process.once("error", reject);
    process.once("exit", resolve);
}));
attempt("exec.fork_ipc", () => new Promise((resolve, reject) => {
    const file = path.join(work, "empty.js");
    fs.writeFileSync(file, "");
    const process = child.fork(file);
    process.once("error", reject);
    process.once("exit", resolve);
}));
attempt("sig.parent", () => process.kill(process.ppid, 0));
attempt("sig.init", () => process.kill(1, 0));
attempt("id.setuid", () => process.setuid(0));
attempt("id.setgroups", () => process.setgroups([]));
attempt("id.priority", () => os.setPriority(0, 5));
attempt("code.dlopen_own_file", () => {
    const file = path.join(work, "own.node");
    fs.copyFileSync(process.env.RIG_LIBRARY || "/lib/x86_64-linux-gnu/libz.so.1", file);
    process.dlopen({ exports: {} }, file);
});

// The network.
const port = Number(process.env.RIG_CANARY_PORT || 1);
const connects = (options) => () => new Promise((resolve, reject) => {
    const socket = net.connect(options);
    socket.once("error", reject);
    socket.once("connect", () => {
        socket.destroy();
        resolve("connected");
    });
});
attempt("net.connect_canary", connects({ host: "127.0.0.1", port }));
attempt("net.connect_canary6", connects({ host: "::1", port }));
attempt("net.listen", () => new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => server.close(resolve));
}));
attempt("net.listen_unix", () => new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(path.join(work, "socket"), () => server.close(resolve));
}));
attempt("net.udp", () => new Promise((resolve, reject) => {
    const socket = dgram.createSocket("udp4");
    socket.once("error", reject);
    socket.bind(0, () => socket.close(resolve));
}));
attempt("net.fetch", () => fetch(`http://127.0.0.1:${port}/`, {
    signal: AbortSignal.timeout(2000),
}).then(() => "fetched", (error) => {
    // A listener that does not speak HTTP was reached all the same.
    if (error.name === "TimeoutError") return "reached";
    throw error;
}));
attempt("net.inspector", () => {
    const inspector = require("inspector");
    inspector.open(0);
    if (inspector.url() === undefined) throw new Error("not open");
    inspector.close();
    return "listening";
});
attempt("net.interfaces", () => Object.keys(os.networkInterfaces()).join());

// What was inherited, and what can be used up.
attempt("inherit.environment", () => {
    const odd = ["PATH", "USER", "LOGNAME", "SHELL", "PWD", "RIG_SECRET"].filter(
        (name) => name in process.env);
    if (odd.length === 0) throw new Error("clean");
    return odd.join();
});
attempt("inherit.wasi_root", async () => {
    const { WASI } = require("wasi");
    const wasi = new WASI({ version: "preview1", preopens: { "/": canary } });
    return wasi.getImportObject() && fs.readdirSync(canary).length;
});
attempt("use.memory", () => Buffer.alloc(700 << 20, 1).length);

async function main() {
    const allowed = new Set((process.env.RIG_ALLOW || "").split(","));
    const counts = { DENIED: 0, ESCAPED: 0, SKIPPED: 0 };
    for (const [name, action] of attempts) {
        let verdict = "ESCAPED";
        let detail;
        try {
            detail = String(await action());
        } catch (error) {
            verdict = "DENIED";
            detail = `${error.code || ""} ${error.message}`;
        }
        if (verdict === "ESCAPED" && allowed.has(name)) verdict = "SKIPPED";
        counts[verdict]++;
        console.log(verdict, name, detail.replace(/\n/g, " ").slice(0, 120));
    }
    console.log(
        `SUMMARY denied ${counts.DENIED} escaped ${counts.ESCAPED} skipped ${counts.SKIPPED}`);
    process.exit(counts.ESCAPED ? 1 : 0);
}

main();
