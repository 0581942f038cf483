"use strict";
// Keywords that join schemas: allOf, anyOf, oneOf, not, if, $ref.
//
// A builder takes (compiler, schema, the keyword's value, its pointer) and gives a check or
// undefined, undefined when the subset does not understand the value. A check returns
// undefined, or {steps, keyword, pointer, message}; whoever descends appends its step, so a
// walk that succeeds builds no path at all.

const { PARTS } = require("./schema-parts.cjs");
const { VALUES, broken, isObject } = require("./schema-values.cjs");

function compileList(compiler, rules, pointer) {
    return rules.map((rule, index) => compiler.compile(rule, `${pointer}/${index}`));
}

function allOf(compiler, _schema, rules, pointer) {
    if (!Array.isArray(rules)) return undefined;
    const checks = compileList(compiler, rules, pointer).filter((check) => check !== undefined);
    if (checks.length === 0) return undefined;
    return (value) => {
        for (const inner of checks) {
            const found = inner(value);
            if (found !== undefined) return found;
        }
        return undefined;
    };
}

const holds = (value) => (inner) => inner === undefined || inner(value) === undefined;

function anyOf(compiler, _schema, rules, pointer) {
    if (!Array.isArray(rules)) return undefined;
    const checks = compileList(compiler, rules, pointer);
    return (value) =>
        checks.some(holds(value))
            ? undefined
            : broken("anyOf", pointer, "must fit one of the forms");
}

function oneOf(compiler, _schema, rules, pointer) {
    if (!Array.isArray(rules)) return undefined;
    const checks = compileList(compiler, rules, pointer);
    // Two forms that seem to hold may differ in a keyword this subset lets pass.
    const isCounted = rules.every(isKnown);
    return (value) => {
        const holding = checks.filter(holds(value)).length;
        if (holding === 1 || (holding > 1 && !isCounted)) return undefined;
        return broken("oneOf", pointer, "must fit exactly one of the forms");
    };
}

function not(compiler, _schema, rule, pointer) {
    if (!isKnown(rule)) return undefined;
    const inner = compiler.compile(rule, pointer);
    return (value) =>
        holds(value)(inner)
            ? broken("not", pointer, "must not be what `not` describes")
            : undefined;
}

function conditional(compiler, schema, rule, pointer) {
    if (!isKnown(rule)) return undefined;
    const condition = compiler.compile(rule, pointer);
    const base = pointer.slice(0, -"/if".length);
    const then = compiler.compile(schema.then ?? true, `${base}/then`);
    const otherwise = compiler.compile(schema.else ?? true, `${base}/else`);
    return (value) => (holds(value)(condition) ? then : otherwise)?.(value);
}

function reference(compiler, _schema, target) {
    // Resolved at the first walk, when the whole document can be compiled without a circle.
    return (value) => compiler.reference(target)?.(value);
}

const SILENT = new Set([
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
]);
// Keywords whose verdict may differ from the sidecar's: decimal fractions are doubles here.
const UNSURE = new Set(["pattern", "patternProperties", "multipleOf"]);

/**
 * Whether the subset understands a schema wholly: under `not` and `if`, letting pass what is
 * not understood would turn into refusing it. References are not followed: not known.
 */
function isKnown(rule) {
    if (typeof rule === "boolean") return true;
    if (!isObject(rule)) return false;
    return Object.entries(rule).every(([keyword, value]) => {
        if (SILENT.has(keyword)) return true;
        if (keyword === "then" || keyword === "else") return isKnown(value);
        if (UNSURE.has(keyword) || !TABLES.some((table) => Object.hasOwn(table, keyword)))
            return false;
        switch (keyword) {
            case "properties":
                return isObject(value) && Object.values(value).every(isKnown);
            case "allOf":
            case "anyOf":
            case "oneOf":
            case "prefixItems":
                return Array.isArray(value) && value.every(isKnown);
            case "not":
            case "if":
            case "items":
            case "additionalProperties":
            case "propertyNames":
                return isKnown(value);
            default:
                return true;
        }
    });
}

const LOGIC = { allOf, anyOf, oneOf, not, if: conditional };
const TABLES = [VALUES, PARTS, LOGIC];

module.exports = { LOGIC, reference };
