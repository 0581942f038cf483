// Other processes, identities, and code that was not there before.

import child from "node:child_process";
import cluster from "node:cluster";
import fs from "node:fs";
import inspector from "node:inspector";
import os from "node:os";
import process from "node:process";
import { attempt, Denied, fresh, mine, outcome, outsider, Skip } from "./attempts.mjs";

const synchronous = (name, action) =>
    attempt(`exec.${name}`, () => {
        const result = action();
        if (result?.error) throw result.error;
        return `status ${result?.status}`;
    });
synchronous("spawn_sync", () => child.spawnSync("/bin/true"));
synchronous("spawn_sync_shell", () => child.spawnSync("true", { shell: true }));
synchronous("spawn_sync_as_root", () => child.spawnSync("/bin/true", { uid: 0, gid: 0 }));
synchronous("spawn_sync_node", () => child.spawnSync(process.execPath, ["-e", "0"]));
synchronous("spawn_sync_loader", () =>
    child.spawnSync("/lib64/ld-linux-x86-64.so.2", ["/bin/true"]),
);
synchronous("spawn_sync_self", () => child.spawnSync("/proc/self/exe", ["-e", "0"]));
synchronous("exec_sync", () => ({ status: child.execSync("true").length }));
synchronous("exec_file_sync", () => ({ status: child.execFileSync("/bin/true").length }));
synchronous("own_script", () => {
    fs.writeFileSync(fresh("script"), "#!/bin/sh\n", { mode: 0o700 });
    return child.spawnSync(mine("script"));
});
synchronous("binding_spawn_sync", () => {
    const binding = process.binding("spawn_sync");
    const stdio = [{ type: "ignore" }, { type: "ignore" }, { type: "ignore" }];
    const result = binding.spawn({ file: "/bin/true", args: ["true"], stdio });
    if (result.error) throw new Denied(`${os.constants.errno ? "EPERM" : ""} ${result.error}`);
    return result;
});
const spawns = (name, action) =>
    attempt(`exec.${name}`, async () => {
        const started = action();
        const [code] = await outcome(started, "exit");
        return `exit ${code}`;
    });
spawns("spawn", () => child.spawn("/bin/true"));
spawns("spawn_detached", () => child.spawn("/bin/true", { detached: true, stdio: "ignore" }));
spawns("exec", () => child.exec("true"));
spawns("spawn_inherited", () => child.spawn("/bin/true", { stdio: "inherit" }));
spawns("fork_ipc", () => {
    fs.writeFileSync(fresh("empty.cjs"), "process.exit(0)");
    return child.fork(mine("empty.cjs"));
});
spawns("cluster", () => {
    fs.writeFileSync(fresh("empty.cjs"), "process.exit(0)");
    cluster.setupPrimary({ exec: mine("empty.cjs"), silent: true });
    return cluster.fork();
});
attempt("exec.binding_process_wrap", () => {
    const { Process } = process.binding("process_wrap");
    const handle = new Process();
    const code = handle.spawn({ file: "/bin/true", args: ["true"], stdio: [] });
    if (code !== 0) throw new Denied(`EPERM ${code}`);
    return "started";
});

attempt("sig.parent", () => {
    if (process.ppid === 0) throw new Denied("ESRCH the parent is in another namespace");
    return process.kill(process.ppid, 0);
});
attempt("sig.init", () => {
    if (process.pid === 1) throw new Denied("ESRCH process 1 is the worker itself");
    return process.kill(1, 0);
});
attempt("sig.everybody", () => process.kill(-1, 0));
attempt("sig.outsider", () => process.kill(outsider(), 0));

attempt("id.setuid", () => process.setuid(0));
attempt("id.seteuid", () => process.seteuid(0));
attempt("id.setgid", () => process.setgid(0));
attempt("id.setgroups", () => process.setgroups([]));
attempt("id.initgroups", () => process.initgroups("root", 0));
attempt("limit.priority_up", () => {
    const before = os.getPriority(0);
    os.setPriority(0, before - 5);
    os.setPriority(0, before);
    return "raised and put back";
});
attempt("limit.priority_of_parent", () => os.setPriority(process.ppid || 1, 0));

/** Any library that may be read: its bytes are the pack's own native code here. */
const library = () => {
    for (const folder of ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib"]) {
        for (const name of ["libz.so.1", "libm.so.6", "libc.so.6"]) {
            try {
                fs.closeSync(fs.openSync(`${folder}/${name}`));
                return `${folder}/${name}`;
            } catch {}
        }
    }
    throw new Skip("no library was found");
};
const loads = (name, file, load) =>
    attempt(`wx.${name}`, () => {
        fs.copyFileSync(library(), fresh(file));
        try {
            load(mine(file));
        } catch (error) {
            // The loader had mapped it when node asked it to register.
            if (/Module did not self-register|napi/.test(error.message)) return "its code was loaded";
            throw error;
        }
        return "loaded";
    });
const require = process.getBuiltinModule
    ? process.getBuiltinModule("module").createRequire(import.meta.url)
    : (await import("node:module")).createRequire(import.meta.url);
loads("dlopen_own_file", "own.node", (file) => process.dlopen({ exports: {} }, file));
loads("require_own_addon", "addon.node", (file) => require(file));
attempt("wx.dlopen_in_worker", async () => {
    fs.copyFileSync(library(), fresh("thread.node"));
    const { Worker } = await import("node:worker_threads");
    const code = `process.dlopen({exports: {}}, ${JSON.stringify(mine("thread.node"))})`;
    const worker = new Worker(code, { eval: true, execArgv: [] });
    const [status] = await outcome(worker, "exit");
    return `exit ${status}`;
});
attempt("wx.dlopen_in_worker_with_addons", async () => {
    // A thread has options of its own, and may ask for what the process was denied.
    fs.copyFileSync(library(), fresh("addons.node"));
    const { Worker } = await import("node:worker_threads");
    const code = `process.dlopen({exports: {}}, ${JSON.stringify(mine("addons.node"))})`;
    const worker = new Worker(code, { eval: true, execArgv: ["--addons"] });
    try {
        const [status] = await outcome(worker, "exit");
        return `exit ${status}`;
    } catch (error) {
        if (/self-register|napi/.test(error.message)) return "its code was loaded";
        throw error;
    }
});
attempt("wx.addons_by_environment", async () => {
    fs.copyFileSync(library(), fresh("variable.node"));
    const { Worker } = await import("node:worker_threads");
    const code = `process.dlopen({exports: {}}, ${JSON.stringify(mine("variable.node"))})`;
    const worker = new Worker(code, { eval: true, env: { NODE_OPTIONS: "--addons" } });
    try {
        const [status] = await outcome(worker, "exit");
        return `exit ${status}`;
    } catch (error) {
        if (/self-register|napi/.test(error.message)) return "its code was loaded";
        throw error;
    }
});
attempt("wx.openssl_engine", async () => {
    const crypto = await import("node:crypto");
    fs.copyFileSync(library(), fresh("engine.so"));
    crypto.setEngine(mine("engine.so"));
    return "loaded";
});
attempt("wx.sqlite_extension", async () => {
    let sqlite;
    try {
        sqlite = await import("node:sqlite");
    } catch {
        throw new Skip("this node has no sqlite");
    }
    fs.copyFileSync(library(), fresh("extension.so"));
    new sqlite.DatabaseSync(":memory:", { allowExtension: true }).loadExtension(
        mine("extension.so"),
    );
    return "loaded";
});
attempt("net.inspector", () => {
    inspector.open(0);
    if (inspector.url() === undefined) throw new Denied("EPERM not open");
    inspector.close();
    return "listening";
});
attempt("env.interpreter_options", () => {
    const odd = ["--disable-proto=delete"].filter((option) => !process.execArgv.includes(option));
    if (odd.length === 0) throw new Denied(`HOLDS ${process.execArgv.join(" ")}`);
    return `missing ${odd}`;
});
