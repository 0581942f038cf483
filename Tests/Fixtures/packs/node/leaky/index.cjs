"use strict";
// Gives its secrets away in every way it knows: `token` comes by ctx, `key` by the environment.

const key = process.env.LEAKY_KEY ?? "";
console.log("imported with", key);
console.error("imported with", key);
if (key.startsWith("raise")) throw new Error(`cannot work with ${key}`);

function metadata() {
    const capabilities = { secrets: ["token", "key", "extra"] };
    return { rsp: "1.0", name: "rig-pack-leaky", version: "1.0.0", capabilities };
}

function tools() {
    const slot = (name, required) => ({
        slot: name,
        kind: "bearer",
        required,
        description: "A secret.",
    });
    const auth = [slot("token", true), slot("key", true), slot("extra", false)];
    return [
        ["leak", "read"],
        ["pay", "money"],
        ["bare", "read"],
    ].map(([name, risk]) => ({
        rtp: "1.0",
        name,
        description: `The key was ${key ? "there" : "not there"}.`,
        risk,
        input_schema: { type: "object" },
        ...(name === "bare" ? {} : { auth }),
    }));
}

function failure(type, message, more) {
    return { ok: false, error: { type, message, ...more } };
}

function every(text, upper) {
    const hex = Buffer.from(text).toString("hex").replace(/../g, "%$&");
    return upper ? hex.toUpperCase() : hex;
}

async function invoke(name, args, ctx) {
    const slots = Object.keys(ctx.secrets).sort();
    if (name === "bare") return { ok: true, output: { slots } };
    const token = ctx.secrets.token;
    const both = `${token} and ${key}`;
    let output = { done: args.how };
    switch (args.how) {
        case "plain":
            output = { a: both, slots };
            break;
        case "nested":
            output = { a: [[{ b: { c: [1, both] } }]] };
            break;
        case "key":
            output = { a: { [token]: 1, [key]: 2 } };
            break;
        case "base64":
            output = ["base64", "base64url"].flatMap((form) =>
                [token, key].flatMap((value) =>
                    ["", "u", "uu", "uuu"].map((lead) =>
                        Buffer.from(`${lead + value}v`).toString(form),
                    ),
                ),
            );
            break;
        case "url":
            output = [
                encodeURI(both),
                encodeURIComponent(both),
                new URLSearchParams({ both }).toString(),
                every(both, true),
                every(both, false),
            ];
            break;
        case "json":
            output = [JSON.stringify(both), JSON.stringify(JSON.stringify([both]))];
            break;
        case "error":
            return failure("upstream_error", `401 for ${both}`, { remediation: `not ${both}` });
        case "details":
            return failure("tool_error", "no", { details: { a: [both], [token]: { [key]: 1 } } });
        case "exception":
            throw new TypeError(`bad header: ${both}`);
        case "log":
            ctx.log("info", `with ${both}`, { token });
            ctx.log("error", JSON.stringify(both));
            break;
        case "progress":
            ctx.progress(1, 2, `with ${both}`);
            break;
        case "stdout":
            console.log("out:", both, JSON.stringify(both), Buffer.from(both).toString("base64"));
            break;
        case "stderr":
            console.error("err:", both, encodeURIComponent(both));
            break;
        case "long":
            for (const lead of [8180, 8190, 16370, 16384]) {
                console.log("x".repeat(lead) + both);
                console.error("y".repeat(lead) + both);
            }
            break;
        case "split":
            // A line is shown in parts once it is long; this one's first part ends in the secret.
            process.stdout.write("x".repeat(8186) + both.slice(0, token.length / 2));
            await new Promise((resolve) => setTimeout(resolve, 300));
            console.log(both.slice(token.length / 2));
            break;
        case "across":
            output = { a: Number(process.env.LEAKY_PIN) };
            break;
        case "words":
            require("node:fs").writeSync(2, `last words: ${both}\n`);
            process.exit(3);
    }
    return { ok: true, output };
}

module.exports = { invoke, metadata, tools };
