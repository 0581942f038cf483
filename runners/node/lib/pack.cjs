"use strict";
// A pack: loaded, described, its tools ready to be called.

const path = require("node:path");

const schema = require("./schema.cjs");
const tooldef = require("./tooldef.cjs");
const { said } = require("./errors.cjs");
const { encode } = require("./text.cjs");

/** The pack cannot be used; the text says what it must change. */
class PackError extends Error {}

/** Loads CommonJS or ESM and returns what carries the three functions. */
async function load(root, entry) {
    let found;
    try {
        found = await open(path.resolve(root, entry));
    } catch (problem) {
        report(problem);
        throw new PackError(`import of ${entry} failed: ${said(problem)}`);
    }
    const names = ["metadata", "tools", "invoke"];
    const has = (place, name) => typeof place?.[name] === "function";
    const pack = names.every((name) => has(found, name)) ? found : (found?.default ?? found);
    for (const name of names) {
        if (!has(pack, name)) throw new PackError(`${entry} has no function ${name}()`);
    }
    return pack;
}

async function open(file) {
    if (!file.endsWith(".mjs")) {
        try {
            return require(file);
        } catch (problem) {
            // An ES module in a .js file; it was not run yet.
            const isModule = ["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"].includes(
                problem?.code,
            );
            if (!isModule) throw problem;
        }
    }
    return import(require("node:url").pathToFileURL(file));
}

/** What the pack says of itself, checked. */
async function metadata(pack) {
    const answer = await ask(pack, "metadata");
    const problem = tooldef.metadataProblem(answer);
    if (problem) throw new PackError(`metadata(): ${problem}`);
    return answer;
}

/** The list of ToolDefs and a map of tool name to argument check. Throws PackError. */
async function describe(pack) {
    const definitions = await ask(pack, "tools");
    if (!Array.isArray(definitions)) throw new PackError("tools() did not return an array");
    const checks = new Map();
    for (const [index, definition] of definitions.entries()) {
        const problem = tooldef.problem(definition);
        const name = definition?.name;
        if (problem) {
            const what = typeof name === "string" ? `tool '${name}'` : `tool number ${index}`;
            throw new PackError(`${what}: ${problem}`);
        }
        if (checks.has(name)) throw new PackError(`tool '${name}' is declared twice`);
        checks.set(name, schema.compile(definition.input_schema));
    }
    return { definitions, checks };
}

/** Asks the pack and takes its answer as the JSON it will be sent as. */
async function ask(pack, name) {
    try {
        return JSON.parse(encode(await pack[name]()));
    } catch (problem) {
        report(problem);
        throw new PackError(`${name}() failed: ${said(problem)}`);
    }
}

/** To stderr, which the sidecar captures: for the operator, not for the caller. */
function report(problem) {
    try {
        process.stderr.write(`${problem?.stack ?? String(problem)}\n`);
    } catch {
        process.stderr.write("an error without a text\n");
    }
}

module.exports = { PackError, describe, load, metadata, report };
