"use strict";
// Is this a ToolDef, is this metadata? The shape of spec/rtp/tool-definition.schema.json.
//
// Written by hand: it runs at each describe, and a worker carries no schema files. The golden
// vectors (spec/vectors) hold it to the same verdicts as the sidecar's and Python's.

const REQUIRED = ["rtp", "name", "description", "risk", "input_schema"];

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isBoolean = (value) => typeof value === "boolean";
const matches = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const oneOf =
    (...choices) =>
    (value) =>
        choices.includes(value);
const listOf = (element) => (value) => Array.isArray(value) && value.every(element);

/** Text of 1 to `charactersMax` Unicode characters. */
const text = (charactersMax) => (value) =>
    typeof value === "string" &&
    value !== "" &&
    (value.length <= charactersMax || [...value].length <= charactersMax);

/** An object with exactly these members, each as it must be. */
const members = (fields, required) => (value) =>
    isObject(value) &&
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(
        ([name, member]) => Object.hasOwn(fields, name) && fields[name](member),
    );

const isSlot = matches(/^[A-Za-z][A-Za-z0-9_]{0,47}$/);
const AUTH = {
    slot: isSlot,
    kind: oneOf("bearer", "basic", "header", "query"),
    required: isBoolean,
    description: text(4096),
};
const EXAMPLE = { args: isObject, output: () => true };

// member: [check, what it must be]
const FIELDS = {
    rtp: [oneOf("1.0"), 'the text "1.0"'],
    name: [
        matches(/^[A-Za-z][A-Za-z0-9_-]{0,47}$/),
        "a letter, then up to 47 of letters, digits, _ and -",
    ],
    title: [text(200), "1 to 200 characters of text"],
    description: [text(16384), "1 to 16384 characters of text"],
    risk: [
        oneOf("read", "write", "destructive", "money"),
        "one of read, write, destructive, money",
    ],
    input_schema: [
        (value) => isObject(value) && value.type === "object",
        'a JSON Schema with "type": "object"',
    ],
    output_schema: [isObject, "a JSON Schema object"],
    error_schema: [isObject, "a JSON Schema object"],
    idempotent: [isBoolean, "true or false"],
    auth: [
        listOf(members(AUTH, Object.keys(AUTH))),
        "a list of {slot, kind, required, description}",
    ],
    timeout_ms: [
        (value) => Number.isInteger(value) && value >= 1 && value <= 86_400_000,
        "a whole number from 1 to 86400000",
    ],
    tags: [
        listOf(matches(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/)),
        "a list of words of [A-Za-z0-9_.:-], at most 64 characters each",
    ],
    examples: [listOf(members(EXAMPLE, ["args", "output"])), "a list of {args, output}"],
    deprecated: [isBoolean, "true or false"],
};

/** Undefined for a ToolDef; otherwise one sentence that says what is wrong with it. */
function problem(definition) {
    if (!isObject(definition)) return "a ToolDef is an object";
    for (const name of REQUIRED) {
        if (!Object.hasOwn(definition, name)) return `${name} is missing`;
    }
    for (const [name, value] of Object.entries(definition)) {
        if (!Object.hasOwn(FIELDS, name)) return `'${name}' is no field of a ToolDef`;
        const [check, mustBe] = FIELDS[name];
        if (!check(value)) return `${name} must be ${mustBe}`;
    }
    return undefined;
}

const isCapabilities = members(
    { net: listOf(text(300)), fs: listOf(oneOf("data", "workspace")), secrets: listOf(isSlot) },
    [],
);
const METADATA = ["rsp", "name", "version", "capabilities"];

/** Undefined for good pack metadata (spec/rsp.md); otherwise what is wrong with it. */
function metadataProblem(said) {
    if (!isObject(said)) return "metadata is an object";
    if (said.rsp !== "1.0") return 'rsp must be the text "1.0"';
    for (const name of ["name", "version"]) {
        if (!text(200)(said[name])) return `${name} must be 1 to 200 characters of text`;
    }
    if (Object.hasOwn(said, "capabilities") && !isCapabilities(said.capabilities)) {
        return 'capabilities must be {net: ["host:port"], fs: ["data"|"workspace"], secrets: [slot]}';
    }
    const unknown = Object.keys(said).find((name) => !METADATA.includes(name));
    return unknown === undefined ? undefined : `'${unknown}' is no field of pack metadata`;
}

module.exports = { metadataProblem, problem };
