// The golden vectors against the schema files, from Node's side: the small validator that the Node
// runner carries must give every vector its verdict, at the place that the vector names.
//
//     node --test spec/vectors/check_node.mjs

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";

const here = new URL("./", import.meta.url);
const schemas = new URL("../rtp/", here);
const runner = new URL("../../runners/node/lib/", here);
const kinds = ["tool-definition", "tool-result", "tool-error", "approval-required"];

const read = (url) => JSON.parse(readFileSync(url, "utf8"));
const schemaOf = (kind) => read(new URL(`${kind}.schema.json`, schemas));

function vectorsOf(kind) {
    return ["valid", "invalid"].flatMap((verdict) => {
        const folder = new URL(`${kind}/${verdict}/`, here);
        return readdirSync(folder)
            .sort()
            .map((file) => ({ name: `${kind}/${verdict}/${file}`, ...read(new URL(file, folder)) }));
    });
}

/** The schema with its siblings moved into $defs, for a validator that reads one document. */
function bundled(kind) {
    const moved = (node, home) => {
        if (Array.isArray(node)) return node.map((item) => moved(item, home));
        if (node === null || typeof node !== "object") return node;
        const copy = {};
        for (const [key, item] of Object.entries(node)) copy[key] = moved(item, home);
        if (typeof copy.$ref === "string") {
            const [file, fragment = ""] = copy.$ref.split("#");
            const start = file === "" ? home : `#/$defs/${file.replace(".schema.json", "")}`;
            copy.$ref = start + fragment;
        }
        return copy;
    };
    const whole = moved(schemaOf(kind), "#");
    whole.$defs ??= {};
    for (const other of kinds) {
        const sibling = moved(schemaOf(other), `#/$defs/${other}`);
        delete sibling.$schema;
        delete sibling.$id;
        whole.$defs[other] = sibling;
    }
    return whole;
}

test("there are vectors of both verdicts for every kind, each in its folder", () => {
    for (const kind of kinds) {
        const verdicts = vectorsOf(kind).map((vector) => {
            assert.equal(vector.verdict, vector.name.split("/")[1], vector.name);
            return vector.verdict;
        });
        assert.deepEqual([...new Set(verdicts)].sort(), ["invalid", "valid"], kind);
    }
});

test("the map has a row for every error type of the schema", () => {
    const types = schemaOf("tool-error").properties.type.enum;
    assert.deepEqual(Object.keys(read(new URL("error-map.json", here))), types);
});

const skip = existsSync(new URL("schema.cjs", runner))
    ? false
    : "the Node runner has no validator here";
const load = (file) => createRequire(import.meta.url)(new URL(file, runner).pathname);

test("the runner's validator gives every vector its verdict at its place", { skip }, () => {
    const { compile } = load("schema.cjs");
    for (const kind of kinds) {
        const firstViolation = compile(bundled(kind));
        for (const vector of vectorsOf(kind)) {
            const found = firstViolation(vector.value);
            if (vector.verdict === "valid") {
                assert.equal(found, undefined, vector.name);
                continue;
            }
            assert.notEqual(found, undefined, `${vector.name} was accepted`);
            assert.equal(found.pointer, vector.pointer, vector.name);
            const steps = found.schema_pointer.split("/").slice(-2);
            assert.ok(steps.includes(vector.keyword), `${vector.name}: ${found.schema_pointer}`);
        }
    }
});

test("the handwritten check of definitions gives the same verdicts", { skip }, () => {
    const { problem } = load("tooldef.cjs");
    for (const vector of vectorsOf("tool-definition")) {
        const verdict = problem(vector.value) === undefined ? "valid" : "invalid";
        assert.equal(verdict, vector.verdict, vector.name);
    }
});
