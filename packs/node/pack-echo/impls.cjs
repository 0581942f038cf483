"use strict";
// What the tools do. impls.py of rig-pack-echo does the very same.

const LEDGER = "ledger.jsonl";
const NOTE = ".txt";
const STEPS = 10;
const BREAKING = new Set(["exception", "output_invalid", "no_json", "exit", "crash", "hang"]);

function say(args) {
    return { text: args.text.repeat(args.repeat ?? 1) };
}

function fail(args, ctx) {
    if (BREAKING.has(args.type)) return breakDown(args);
    const { type, message = `failed as asked: ${type}`, ...more } = args;
    throw ctx.error(type, message, more);
}

async function breakDown({ type, message = "failed as asked" }) {
    switch (type) {
        case "output_invalid":
            return { sometimes: message };
        case "no_json":
            return { never: Number.NaN };
        case "exit":
            return process.exit(1);
        case "crash":
            return process.abort();
        case "hang": // deaf to cancel, on purpose
            return new Promise(() => {});
        default:
            throw new Error(message);
    }
}

async function sleep(args, ctx) {
    const steps = args.progress ? STEPS : 1;
    const started = performance.now();
    for (let step = 0; step < steps; step += 1) {
        if (steps > 1) ctx.progress(step, steps);
        const left = started + (args.seconds * 1000 * (step + 1)) / steps - performance.now();
        if (left > 0 && (await ctx.wait(left / 1000))) {
            throw ctx.error("cancelled", "woken before the time was over");
        }
    }
    if (steps > 1) ctx.progress(steps, steps);
    return { slept_seconds: args.seconds };
}

function big(args) {
    return { text: "x".repeat(args.bytes) };
}

function writeNote(args, ctx) {
    const { join, fs } = files();
    const body = Buffer.from(args.text, "utf8");
    for (let number = 1; ; number += 1) {
        const name = `${args.title}${number > 1 ? ` ${number}` : ""}${NOTE}`;
        try {
            // "wx": two calls at once never write the same note.
            fs.writeFileSync(join(folder(ctx), name), body, { flag: "wx" });
            return { file: name, bytes: body.length };
        } catch (problem) {
            if (problem.code !== "EEXIST") throw problem;
        }
    }
}

function pay(args, ctx) {
    const { join, fs } = files();
    const ledger = join(folder(ctx), LEDGER);
    // One write to a file opened for appending: lines of two workers never mix.
    fs.appendFileSync(ledger, `${JSON.stringify(args)}\n`);
    const payment = fs.readFileSync(ledger, "latin1").split("\n").length - 1;
    return { payment, ...args };
}

function wipe(_args, ctx) {
    const { join, fs } = files();
    const doomed = fs
        .readdirSync(folder(ctx))
        .filter((name) => name === LEDGER || name.endsWith(NOTE));
    for (const name of doomed) fs.unlinkSync(join(folder(ctx), name));
    return { deleted: doomed.length };
}

function files() {
    return { join: require("node:path").join, fs: require("node:fs") };
}

function folder(ctx) {
    return ctx.data_dir ?? ctx.work_dir;
}

module.exports = { IMPLS: { say, fail, sleep, big, write_note: writeNote, pay, wipe } };
