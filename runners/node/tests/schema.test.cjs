"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");

const { compile } = require("../lib/schema.cjs");

const ROOT = path.resolve(__dirname, "../../..");
const CORPORA = process.env.RIG_CORPORA ?? path.join(ROOT, "../shared/corpora");
const SUITE = path.join(CORPORA, "JSON-Schema-Test-Suite/tests/draft2020-12");
// Files of the suite whose keywords the subset knows wholly: every verdict must be right.
const WHOLE = new Set(
    (
        "additionalProperties allOf anyOf const enum exclusiveMaximum exclusiveMinimum items " +
        "maxItems maxLength maxProperties maximum minItems minLength minProperties minimum oneOf " +
        "prefixItems properties propertyNames required type uniqueItems dependentRequired not"
    ).split(" "),
);

test("a violation names place, keyword and rule", () => {
    const check = compile({
        properties: { "a/b": { type: "array", items: { $ref: "#/$defs/n" } } },
        $defs: { n: { minimum: 3 } },
    });
    assert.equal(check({ "a/b": [3, 4] }), undefined);
    assert.deepEqual(check({ "a/b": [3, 2] }), {
        pointer: "/a~1b/1",
        keyword: "minimum",
        schema_pointer: "/$defs/n/minimum",
        message: "must be at least 3",
    });
});

test("a circular reference ends", () => {
    const check = compile({
        properties: { kids: { items: { $ref: "#" } } },
        required: ["kids"],
    });
    assert.equal(check({ kids: [{ kids: [] }] }), undefined);
    assert.equal(check({ kids: [{ kids: [{}] }] }).pointer, "/kids/0/kids/0");
    assert.equal(compile({ $ref: "#" })(1), undefined);
});

test("an unknown keyword never refuses, not even under not", () => {
    const schemas = [
        { contains: { const: 1 } },
        { not: { contains: { const: 1 } } },
        { not: { format: "email" } },
        { if: { unevaluatedItems: false }, then: false },
        { oneOf: [{ minContains: 1 }, { minContains: 2 }] },
        { $ref: "https://example.com/other" },
        { $ref: "#anchor" },
        { not: { pattern: "a" } },
    ];
    for (const schema of schemas) {
        assert.equal(compile(schema)(["a"]), undefined, JSON.stringify(schema));
        assert.equal(compile(schema)("a"), undefined, JSON.stringify(schema));
    }
});

test("a keyword of the wrong kind is let pass", () => {
    const schemas = [
        { type: "thing" },
        { properties: 7 },
        { required: "a" },
        { items: 1 },
        { minimum: "3" },
        { anyOf: {} },
        { pattern: "(" },
        7,
    ];
    for (const schema of schemas) assert.equal(compile(schema)({ a: 1 }), undefined);
});

test("names of Object.prototype are ordinary members", () => {
    const check = compile(JSON.parse('{"properties":{"__proto__":{"type":"number"}}}'));
    assert.equal(check(JSON.parse('{"__proto__":"x"}')).pointer, "/__proto__");
    assert.notEqual(compile({ required: ["toString"] })({}), undefined);
    assert.notEqual(compile({ additionalProperties: false })({ constructor: 1 }), undefined);
});

test("length counts characters", () => {
    assert.equal(compile({ maxLength: 2 })("😀😀"), undefined);
    assert.notEqual(compile({ minLength: 2 })("😀"), undefined);
});

const skip = fs.existsSync(SUITE) ? false : "corpora not found: JSON-Schema-Test-Suite";

function* cases() {
    for (const file of fs.readdirSync(SUITE).filter((name) => name.endsWith(".json"))) {
        for (const group of JSON.parse(fs.readFileSync(path.join(SUITE, file), "utf8"))) {
            const check = compile(group.schema);
            for (const { data, valid, description } of group.tests) {
                const name = `${file}: ${group.description}: ${description}`;
                yield {
                    file: path.basename(file, ".json"),
                    group,
                    name,
                    valid,
                    found: check(data),
                };
            }
        }
    }
}

test("nothing that the suite calls valid is refused", { skip }, () => {
    for (const { file, name, valid, found } of cases()) {
        // A metaschema of one's own may switch keywords off; the sidecar refuses such a one.
        if (valid && file !== "vocabulary") assert.equal(found, undefined, name);
    }
});

test("keywords of the subset refuse what they must", { skip }, () => {
    let refused = 0;
    for (const { file, group, name, valid, found } of cases()) {
        if (valid || !WHOLE.has(file)) continue;
        if (JSON.stringify(group.schema).includes("unevaluated")) continue;
        assert.notEqual(found, undefined, name);
        refused += 1;
    }
    assert.ok(refused > 250, `${refused} refusals`);
});
