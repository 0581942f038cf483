// Using up what is shared: threads, processes, descriptors, disk, memory.

import child from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { attempt, Denied, fresh, last, mine, Skip, work } from "./attempts.mjs";

attempt("use.descriptors", () => {
    const fds = [];
    try {
        while (fds.length < 5000) fds.push(fs.openSync("/dev/null", "r"));
    } catch (error) {
        if (fds.length <= 1024) throw new Denied(`${error.code} after ${fds.length}`);
    } finally {
        for (const fd of fds) fs.closeSync(fd);
    }
    return `${fds.length} descriptors`;
});
attempt("use.big_file", () => {
    const fd = fs.openSync(fresh("big"), "w");
    try {
        fs.ftruncateSync(fd, 2 ** 30);
    } finally {
        fs.closeSync(fd);
        fs.unlinkSync(mine("big"));
    }
    return "1 GiB, sparse";
});
last(
    "use.threads",
    async () => {
        const workers = [];
        let failed;
        try {
            for (let number = 0; number < 100 && !failed; number++) {
                const worker = new Worker("setInterval(() => {}, 1 << 30)", {
                    eval: true,
                    resourceLimits: { maxOldGenerationSizeMb: 2, maxYoungGenerationSizeMb: 1 },
                });
                workers.push(worker);
                await new Promise((resolve) => {
                    worker.once("online", resolve);
                    worker.once("error", (error) => {
                        failed = error;
                        resolve();
                    });
                });
            }
        } catch (error) {
            failed = error;
        } finally {
            await Promise.all(workers.map((worker) => worker.terminate()));
        }
        if (failed) throw new Denied(`EAGAIN after ${workers.length}: ${failed.message}`);
        return "100 threads";
    },
);
attempt(
    "use.processes",
    () => {
        const children = [];
        try {
            for (let number = 0; number < 30; number++) {
                const one = child.spawn("/bin/sleep", ["2"]);
                one.on("error", () => {});
                if (one.pid === undefined) throw new Denied(`EPERM after ${children.length}`);
                children.push(one);
            }
        } finally {
            for (const one of children) one.kill("SIGKILL");
        }
        return "30 processes";
    },
    true,
);
attempt(
    "use.disk_work",
    () => {
        const free = fs.statfsSync(work);
        const room = free.bavail * free.bsize;
        if (room > 300 * 2 ** 20 && room < 3 * 2 ** 30) {
            throw new Skip("the disk has too little room to try");
        }
        const chunk = Buffer.alloc(1 << 20, 1);
        const files = [];
        let done = 0;
        try {
            while (done < 300) {
                const file = mine(`fill-${done}`);
                files.push(file);
                const fd = fs.openSync(file, "w");
                try {
                    for (let part = 0; part < 30; part++) {
                        fs.writeSync(fd, chunk);
                        done++;
                    }
                } finally {
                    fs.closeSync(fd);
                }
            }
        } catch (error) {
            throw new Denied(`${error.code} after ${done} MiB`);
        } finally {
            for (const file of files) fs.unlinkSync(file);
        }
        return "300 MiB";
    },
    true,
);
attempt(
    "use.files",
    () => {
        fs.mkdirSync(fresh("many"));
        let count = 0;
        try {
            while (count < 20_000) {
                fs.closeSync(fs.openSync(mine(`many/${count}`), "w"));
                count++;
            }
        } catch (error) {
            throw new Denied(`${error.code} after ${count} files`);
        } finally {
            fs.rmSync(mine("many"), { recursive: true });
        }
        return "20000 files";
    },
    true,
);
const spare = () => {
    try {
        const text = fs.readFileSync("/proc/meminfo", "utf8");
        return Number(/MemAvailable:\s+(\d+)/.exec(text)[1]) * 1024;
    } catch {
        return Number.POSITIVE_INFINITY;
    }
};
last(
    "use.wasm_memory",
    () => {
        if (spare() < 6 * 2 ** 30) throw new Skip("the machine has too little memory to try");
        const memory = new WebAssembly.Memory({ initial: 32_768 });
        new Uint8Array(memory.buffer).fill(1);
        return "2 GiB";
    },
);
last(
    "use.memory",
    () => {
        if (spare() < 6 * 2 ** 30) throw new Skip("the machine has too little memory to try");
        const parts = [];
        for (let number = 0; number < 32; number++) parts.push(Buffer.alloc(64 << 20, 1));
        return `${parts.length * 64} MiB`;
    },
);
last("use.array_buffer", () => {
    if (spare() < 6 * 2 ** 30) throw new Skip("the machine has too little memory to try");
    return new ArrayBuffer(2 ** 31).byteLength;
});
void os;
void process;
