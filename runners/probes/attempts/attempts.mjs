// The list of attempts, how one is judged, and how the result is told.

import fs from "node:fs";
import path from "node:path";

export const attempts = [];
export const only = (process.env.RIG_ONLY || "").split(",").filter(Boolean);
export const work = process.env.RIG_WORK || process.cwd();

/** This attempt cannot be made here. */
export class Skip extends Error {}
/** Refused in another way than by an errno. */
export class Denied extends Error {}

export const attempt = (name, action, heavy = false) => attempts.push({ name, action, heavy });
/** Tried last and announced, since a denial may be the death of the process. */
export const last = (name, action) => attempts.push({ name, action, heavy: true, isLast: true });
export const mine = (name) => path.join(work, name);

export function canary(name = "") {
    const folder = process.env.RIG_CANARY_DIR;
    if (!folder) throw new Skip("RIG_CANARY_DIR is not set");
    return path.join(folder, name);
}

export function granted() {
    if (!process.env.RIG_READ) throw new Skip("RIG_READ is not set");
    return process.env.RIG_READ;
}

export function outsider() {
    const pid = Number(process.env.RIG_CANARY_PID || 0);
    if (!pid) throw new Skip("RIG_CANARY_PID is not set");
    if (pid === process.pid) throw new Denied("ENOENT the number is the worker's own");
    return pid;
}

/** A path that may have been left by an attempt before. */
export function fresh(name) {
    const file = mine(name);
    fs.rmSync(file, { force: true, recursive: true });
    return file;
}

/** What an event emitter says first: `good` escapes, `error` is the denial. */
export const outcome = (emitter, good, limit = 3000) =>
    new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Denied("TIMEOUT nothing came")), limit);
        emitter.once("error", (error) => {
            clearTimeout(timer);
            reject(error);
        });
        emitter.once(good, (...values) => {
            clearTimeout(timer);
            resolve(values);
        });
    });

function explain(error) {
    if (error instanceof Denied) return error.message;
    return `${error?.code || error?.name || "Error"} ${error?.message || error}`;
}

async function judge(action) {
    try {
        return ["ESCAPED", String(await action())];
    } catch (error) {
        if (error instanceof Skip) return ["SKIPPED", error.message];
        return ["DENIED", explain(error)];
    }
}

const tell = (...words) => fs.writeSync(1, `${words.join(" ")}\n`);
const isWanted = (name) =>
    only.length === 0 || only.some((word) => name === word || name.startsWith(`${word}.`));

export async function run(list) {
    // What an attempt leaves behind must not end the others.
    process.on("uncaughtException", () => {});
    const allowed = new Set((process.env.RIG_ALLOW || "").split(","));
    const counts = { DENIED: 0, ESCAPED: 0, SKIPPED: 0 };
    const summary = () =>
        tell(
            "SUMMARY",
            ...Object.entries(counts).map(([word, count]) => `${word.toLowerCase()} ${count}`),
        );
    let isSummed = false;
    for (const { name, action, heavy, isLast } of [...list].sort(
        (one, other) => Boolean(one.isLast) - Boolean(other.isLast),
    )) {
        if (!isWanted(name)) continue;
        if (isLast && !isSummed) {
            summary();
            isSummed = true;
        }
        if (isLast && process.env.RIG_LAST === "0") {
            tell("LATER", name);
            continue;
        }
        if (isLast) tell("TRYING", name);
        let [verdict, detail] =
            heavy && process.env.RIG_HEAVY === "0"
                ? ["SKIPPED", "RIG_HEAVY=0"]
                : await judge(action);
        if (verdict === "ESCAPED" && allowed.has(name)) {
            [verdict, detail] = ["SKIPPED", `granted: ${detail}`];
        }
        counts[verdict]++;
        tell(verdict, name, detail.replaceAll("\n", " ").slice(0, 160));
    }
    if (!isSummed) summary();
    process.exit(counts.ESCAPED ? 1 : 0);
}
