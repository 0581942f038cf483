"use strict";
// Keywords about the members of an object and the elements of an array.
//
// A builder takes (compiler, schema, the keyword's value, its pointer) and gives a check or
// undefined, undefined when the subset does not understand the value. A check returns
// undefined, or {steps, keyword, pointer, message}; whoever descends appends its step, so a
// walk that succeeds builds no path at all.

const { broken, isObject, searcher, step } = require("./schema-values.cjs");

function into(found, name) {
    found.steps.push(name);
    return found;
}

function required(_compiler, _schema, names, pointer) {
    if (!Array.isArray(names)) return undefined;
    return (value) => {
        if (!isObject(value)) return undefined;
        const missing = names.find((name) => !Object.hasOwn(value, name));
        return missing === undefined
            ? undefined
            : broken("required", pointer, `${missing} is missing`);
    };
}

function dependentRequired(_compiler, _schema, table, pointer) {
    if (!isObject(table) || !Object.values(table).every(Array.isArray)) return undefined;
    return (value) => {
        if (!isObject(value)) return undefined;
        for (const [trigger, names] of Object.entries(table)) {
            if (!Object.hasOwn(value, trigger)) continue;
            const missing = names.find((name) => !Object.hasOwn(value, name));
            if (missing !== undefined) {
                const message = `${missing} is missing, ${trigger} needs it`;
                return broken("dependentRequired", pointer, message);
            }
        }
        return undefined;
    };
}

function properties(compiler, _schema, table, pointer) {
    if (!isObject(table)) return undefined;
    const checks = Object.entries(table)
        .map(([name, inner]) => [name, compiler.compile(inner, `${pointer}/${step(name)}`)])
        .filter(([, check]) => check !== undefined);
    if (checks.length === 0) return undefined;
    return (value) => {
        if (!isObject(value)) return undefined;
        for (const [name, inner] of checks) {
            if (!Object.hasOwn(value, name)) continue;
            const found = inner(value[name]);
            if (found !== undefined) return into(found, name);
        }
        return undefined;
    };
}

function patternProperties(compiler, _schema, table, pointer) {
    if (!isObject(table)) return undefined;
    const checks = Object.entries(table)
        .map(([text, inner]) => [
            searcher(text),
            compiler.compile(inner, `${pointer}/${step(text)}`),
        ])
        .filter(([matches, check]) => matches !== undefined && check !== undefined);
    if (checks.length === 0) return undefined;
    return (value) => {
        if (!isObject(value)) return undefined;
        for (const name of Object.keys(value)) {
            for (const [matches, inner] of checks) {
                const found = matches(name) ? inner(value[name]) : undefined;
                if (found !== undefined) return into(found, name);
            }
        }
        return undefined;
    };
}

function additionalProperties(compiler, schema, rule, pointer) {
    const named = new Set(isObject(schema.properties) ? Object.keys(schema.properties) : []);
    const table = isObject(schema.patternProperties) ? schema.patternProperties : {};
    const patterns = Object.keys(table).map(searcher);
    // A pattern not understood could be the one that allows the member.
    if (patterns.includes(undefined)) return undefined;
    const inner = compiler.compile(rule, pointer);
    if (inner === undefined) return undefined;
    return (value) => {
        if (!isObject(value)) return undefined;
        for (const name of Object.keys(value)) {
            if (named.has(name) || patterns.some((matches) => matches(name))) continue;
            if (rule === false) {
                const found = broken("additionalProperties", pointer, "is not a known member");
                return into(found, name);
            }
            const found = inner(value[name]);
            if (found !== undefined) return into(found, name);
        }
        return undefined;
    };
}

function propertyNames(compiler, _schema, rule, pointer) {
    const inner = compiler.compile(rule, pointer);
    if (inner === undefined) return undefined;
    return (value) => {
        if (!isObject(value)) return undefined;
        for (const name of Object.keys(value)) {
            const found = inner(name);
            if (found !== undefined) return { ...found, steps: [name] };
        }
        return undefined;
    };
}

function prefixItems(compiler, _schema, rules, pointer) {
    if (!Array.isArray(rules)) return undefined;
    const checks = rules.map((rule, index) => compiler.compile(rule, `${pointer}/${index}`));
    return (value) => {
        if (!Array.isArray(value)) return undefined;
        for (let index = 0; index < Math.min(checks.length, value.length); index += 1) {
            const found = checks[index]?.(value[index]);
            if (found !== undefined) return into(found, index);
        }
        return undefined;
    };
}

function items(compiler, schema, rule, pointer) {
    const inner = compiler.compile(rule, pointer);
    if (inner === undefined) return undefined;
    const start = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0;
    return (value) => {
        if (!Array.isArray(value)) return undefined;
        for (let index = start; index < value.length; index += 1) {
            const found = inner(value[index]);
            if (found !== undefined) return into(found, index);
        }
        return undefined;
    };
}

const PARTS = {
    required,
    dependentRequired,
    propertyNames,
    properties,
    patternProperties,
    additionalProperties,
    prefixItems,
    items,
};

module.exports = { PARTS };
