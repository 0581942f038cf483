// Files, /proc, /sys and /dev, and what was inherited.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { attempt, canary, Denied, fresh, granted, mine, outsider, Skip, work } from "./attempts.mjs";

const here = fileURLToPath(import.meta.url);
const opens = (name, file, flags = "r") =>
    attempt(name, () => {
        const target = typeof file === "function" ? file() : file;
        fs.closeSync(fs.openSync(target, flags));
        return target;
    });
const lists = (name, folder) =>
    attempt(name, () => {
        const target = typeof folder === "function" ? folder() : folder;
        return `${target}: ${fs.readdirSync(target).length} entries`;
    });

for (const [name, file] of [
    ["shadow", "/etc/shadow"],
    ["machine_id", "/etc/machine-id"],
    ["sudoers", "/etc/sudoers"],
    ["ssh_host_key", "/etc/ssh/ssh_host_ed25519_key"],
    ["fstab", "/etc/fstab"],
    ["program", "/bin/sh"],
    ["private_keys", "/etc/ssl/private"],
    ["home_ssh", "/root/.ssh"],
    ["npmrc", "/root/.npmrc"],
]) {
    opens(`fs.read_${name}`, file);
}
for (const [name, folder] of [
    ["homes", "/root"],
    ["home", "/home"],
    ["var_lib", "/var/lib"],
    ["run", "/run"],
    ["sys", "/sys"],
    ["bin", "/usr/bin"],
    ["parent", path.dirname(work)],
    ["canary", canary],
]) {
    lists(`fs.list_${name}`, folder);
}
opens("fs.read_canary", () => canary("secret"));
opens("fs.read_canary_by_dots", () => `${work}${"/..".repeat(12)}${canary("secret")}`);
// Nothing is read, but that it is there and how large it is.
attempt("fs.stat_canary", () => fs.statSync(canary("secret")).size);
opens("fs.write_canary", () => canary("secret"), "r+");
opens("fs.write_granted_read_only", granted, "r+");
opens("fs.append_granted_read_only", granted, "a");
opens("fs.write_interpreter", process.execPath, "r+");
opens("fs.write_own_code", here, "r+");
opens("fs.write_hosts", "/etc/hosts", "r+");
for (const [name, folder] of [
    ["usr", "/usr"],
    ["etc", "/etc"],
    ["root", "/"],
    ["dev", "/dev"],
    ["shm", "/dev/shm"],
    ["run", "/run"],
    ["var_tmp", "/var/tmp"],
    ["pack", path.dirname(here)],
    ["canary", canary],
    ["parent", path.dirname(work)],
]) {
    attempt(`fs.create_in_${name}`, () => {
        const file = path.join(
            typeof folder === "function" ? folder() : folder,
            `rig-escape-${process.pid}`,
        );
        fs.closeSync(fs.openSync(file, "wx"));
        fs.unlinkSync(file);
        return file;
    });
}
attempt("fs.write_canary_dir", () => fs.writeFileSync(canary("written"), "node was here"));
attempt("fs.stream_into_canary", async () => {
    const stream = fs.createWriteStream(canary("streamed"));
    await new Promise((resolve, reject) => {
        stream.once("error", reject);
        stream.once("finish", resolve);
        stream.end("x");
    });
    return "written";
});
attempt("fs.promise_into_canary", () => fs.promises.writeFile(canary("promised"), "x"));
attempt("fs.symlink_read", () => {
    fs.symlinkSync(canary("secret"), fresh("link"));
    return fs.readFileSync(mine("link"), "utf8");
});
attempt("fs.symlink_write", () => {
    fs.symlinkSync(canary(), fresh("dirlink"));
    fs.writeFileSync(mine("dirlink/through-link"), "x");
});
attempt("fs.symlink_relative", () => {
    fs.symlinkSync("../".repeat(12) + canary("secret").slice(1), fresh("dots"));
    return fs.readFileSync(mine("dots"), "utf8");
});
attempt("fs.hard_link_out", () => fs.linkSync(canary("secret"), fresh("hard")));
attempt("fs.hard_link_of_granted", () => fs.linkSync(granted(), fresh("hard-granted")));
attempt("fs.rename_out", () => {
    fs.writeFileSync(fresh("mine"), "");
    fs.renameSync(mine("mine"), canary("renamed-in"));
});
attempt("fs.rename_in", () => {
    fs.renameSync(canary("victim"), fresh("victim"));
    fs.renameSync(mine("victim"), canary("victim"));
});
attempt("fs.remove_out", () => {
    fs.unlinkSync(canary("victim"));
    fs.writeFileSync(canary("victim"), "removed and made anew");
});
attempt("fs.make_directory_out", () => fs.mkdirSync(canary("directory")));
attempt("fs.copy_out", () => fs.copyFileSync(here, canary("copied")));
attempt("fs.copy_in", () => fs.copyFileSync(canary("secret"), fresh("copied-in")));
attempt("fs.copy_tree_out", () =>
    fs.cpSync(path.dirname(here), canary("tree"), { recursive: true }),
);
attempt("fs.open_as_blob", async () => (await fs.openAsBlob(canary("secret"))).text());
// A call may be answered without being done: only the file tells.
const changesMode = (file) => () => {
    const target = file();
    const mode = fs.statSync(target).mode & 0o7777;
    fs.chmodSync(target, mode ^ 0o011);
    if ((fs.statSync(target).mode & 0o7777) === mode) {
        throw new Denied("NOEFFECT answered and not done");
    }
    fs.chmodSync(target, mode);
    return "changed and put back";
};
attempt(
    "fs.chmod_canary",
    changesMode(() => canary("secret")),
);
attempt("fs.chmod_granted", changesMode(granted));
attempt("fs.chown_root", () => {
    fs.writeFileSync(fresh("owned"), "");
    fs.chownSync(mine("owned"), 0, 0);
    return "chown";
});
attempt("fs.truncate_by_path", () => {
    const { size } = fs.statSync(canary("secret"));
    fs.truncateSync(canary("secret"), size);
});
attempt("fs.watch", () => fs.watch(work).close());
attempt("fs.watch_canary", () => fs.watch(canary()).close());
attempt("fs.report_into_canary", () => {
    process.report.writeReport(canary("report.json"));
    if (!fs.existsSync(canary("report.json"))) throw new Denied("ENOENT not written");
});
attempt("fs.heap_snapshot_into_canary", () => v8.writeHeapSnapshot(canary("heap.heapsnapshot")));
attempt("fs.coverage_into_canary", () => {
    process.env.NODE_V8_COVERAGE = canary("coverage");
    v8.takeCoverage();
    const isThere = fs.existsSync(canary("coverage"));
    delete process.env.NODE_V8_COVERAGE;
    if (!isThere) throw new Denied("NOEFFECT not written");
});
attempt("fs.wasi_root", async () => {
    const { WASI } = await import("node:wasi");
    const wasi = new WASI({ version: "preview1", preopens: { "/": canary() } });
    return wasi.getImportObject() && fs.readdirSync(canary()).length;
});
attempt("fs.chdir_and_climb", () => {
    const before = process.cwd();
    try {
        process.chdir("/");
        return fs.readFileSync(`.${canary("secret")}`, "utf8");
    } finally {
        process.chdir(before);
    }
});

for (const [name, file, flags] of [
    ["self_mem_write", "/proc/self/mem", "r+"],
    ["self_environ", "/proc/self/root/etc/shadow"],
    ["self_root_canary", () => `/proc/self/root${canary("secret")}`],
    ["self_uid_map", "/proc/self/uid_map", "r+"],
    ["self_oom_score", "/proc/self/oom_score_adj", "r+"],
    ["init_environ", "/proc/1/root/etc/hostname"],
    ["write_core_pattern", "/proc/sys/kernel/core_pattern", "r+"],
    ["write_sysrq", "/proc/sysrq-trigger", "r+"],
    ["read_kallsyms", "/proc/kallsyms"],
    ["read_kcore", "/proc/kcore"],
    ["read_cpuinfo", "/proc/cpuinfo"],
    ["read_net_tcp", "/proc/net/tcp"],
    ["outsider_environ", () => `/proc/${outsider()}/environ`],
    ["outsider_cmdline", () => `/proc/${outsider()}/cmdline`],
    ["outsider_mem", () => `/proc/${outsider()}/mem`, "r+"],
    ["outsider_root", () => `/proc/${outsider()}/root/etc/hostname`],
]) {
    opens(`proc.${name}`, file, flags);
}
attempt("proc.parent_environ", () => {
    if (process.ppid === 0) throw new Denied("ENOENT the parent is in another namespace");
    return fs.readFileSync(`/proc/${process.ppid}/environ`).length;
});
attempt("proc.foreign_pids", () => {
    const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const others = pids.filter((name) => Number(name) !== process.pid);
    if (others.length === 0) throw new Denied("EMPTY no other process is seen");
    return `${others.length} others`;
});
const sibling = () => {
    const pid = Number(process.env.RIG_SIBLING_PID || 0);
    if (!pid) throw new Skip("RIG_SIBLING_PID is not set");
    if (pid === process.pid) throw new Denied("ENOENT the number is the worker's own");
    return pid;
};
const siblingWork = () => {
    if (!process.env.RIG_SIBLING_WORK) throw new Skip("it is on no file system of the host");
    return process.env.RIG_SIBLING_WORK;
};
opens("pack.sibling_environ", () => `/proc/${sibling()}/environ`);
opens("pack.sibling_mem", () => `/proc/${sibling()}/mem`, "r+");
opens("pack.sibling_cwd", () => `/proc/${sibling()}/cwd/secret`);
attempt("pack.sibling_signal", () => process.kill(sibling(), 0));
lists("pack.sibling_work", siblingWork);
opens("pack.sibling_secret", () => `${siblingWork()}/secret`);
for (const device of ["mem", "kmsg", "kvm", "fuse", "net/tun", "ptmx", "tty", "vda", "loop-control"])
    opens(`dev.${device.replaceAll(/[/-]/g, "_")}`, `/dev/${device}`, "r+");

attempt("env.foreign_variables", () => {
    const known = /^(HOME|TMPDIR|LANG|LC_CTYPE|TZ|PATH|OPENSSL_CONF|RIG_.*|(https?|no)_proxy)$/i;
    const odd = Object.keys(process.env).filter((name) => !known.test(name));
    if (odd.length === 0) throw new Denied("CLEAN what the plan names only");
    return odd.join(" ");
});
attempt("env.accounts", () => {
    const users = fs.readFileSync("/etc/passwd", "utf8").trim().split("\n");
    const names = users.map((line) => line.split(":")[0]);
    if (names.every((name) => /^(root|nobody|worker|rig|pack)$/.test(name))) {
        throw new Denied(`SYNTHETIC ${names}`);
    }
    return names.slice(0, 6).join();
});
attempt("env.host_name", () => {
    const name = os.hostname();
    if (/^(rig|worker|pack|localhost|\(none\)|rig-worker|sandbox|jail)$/.test(name)) {
        throw new Denied(`SYNTHETIC ${name}`);
    }
    return name;
});
attempt("fd.inherited", () => {
    const odd = [];
    for (let fd = 5; fd < 256; fd++) {
        let target;
        try {
            target = fs.readlinkSync(`/proc/self/fd/${fd}`);
        } catch {
            continue;
        }
        // libuv's own are anonymous.
        if (/^(anon_inode|pipe|eventfd)/.test(target) || target.startsWith("/dev/null")) continue;
        odd.push(`${fd}=${target}`);
    }
    if (odd.length === 0) throw new Denied("CLEAN the channel and node's own only");
    return odd.join(" ");
});
attempt("fd.reopen_granted_writable", () => {
    const fd = fs.openSync(granted(), "r");
    try {
        fs.closeSync(fs.openSync(`/proc/self/fd/${fd}`, "r+"));
    } finally {
        fs.closeSync(fd);
    }
    return "writable";
});
for (const [name, field, value] of [
    ["no_new_privs", "NoNewPrivs", "1"],
    ["seccomp_filter", "Seccomp", "2"],
    ["capabilities", "CapEff", "0000000000000000"],
]) {
    attempt(`id.${name}`, () => {
        let text;
        try {
            text = fs.readFileSync("/proc/self/status", "utf8");
        } catch {
            throw new Skip("there is no /proc to look in");
        }
        const found = new RegExp(`^${field}:\\s*(\\S+)`, "m").exec(text)?.[1];
        if (found === value) throw new Denied(`HOLDS ${field} ${found}`);
        return `${field} is ${found}`;
    });
}
