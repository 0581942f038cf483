"use strict";
// Goes where it is told, with the clients that everybody uses.

const http = require("node:http");
const https = require("node:https");

function metadata() {
    return { rsp: "1.0", name: "rig-pack-wanderer", version: "1.0.0" };
}

function tools() {
    return [
        {
            rtp: "1.0",
            name: "go",
            description: "Goes to a URL.",
            risk: "read",
            input_schema: { type: "object" },
            auth: [{ slot: "token", kind: "bearer", required: false, description: "A token." }],
        },
    ];
}

async function byFetch(url, headers) {
    const response = await fetch(url, { headers });
    return [response.status, await response.text()];
}

function byRequest(url, headers) {
    return new Promise((resolve, reject) => {
        const client = url.startsWith("https:") ? https : http;
        const request = client.get(url, { headers, timeout: 15_000 }, (response) => {
            const parts = [];
            response.on("data", (part) => parts.push(part));
            response.on("error", reject);
            response.on("end", () => {
                resolve([response.statusCode, Buffer.concat(parts).toString()]);
            });
        });
        request.on("error", reject);
    });
}

async function invoke(_name, args, ctx) {
    const headers = { ...args.headers };
    const token = ctx.secrets?.token;
    if (args.sends_token && token) headers.Authorization = `Bearer ${token}`;
    const result = { token: token ?? null, variables: Object.keys(process.env).sort() };
    try {
        const client = args.how === "fetch" ? byFetch : byRequest;
        const [status, body] = await client(args.url, headers);
        return { ok: true, output: { ...result, status, body } };
    } catch (error) {
        const cause = error.cause?.code ?? error.code ?? "";
        return { ok: true, output: { ...result, error: `${error.message} ${cause}` } };
    }
}

module.exports = { metadata, tools, invoke };
