"use strict";
// One builder a keyword: (compiler, schema, keyword's value, pointer) to a check or undefined.
//
// A check returns undefined, or {steps, keyword, pointer, message}; whoever descends appends
// its step, so a walk that succeeds builds no path at all. A keyword whose value this subset
// does not understand builds nothing.

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isNumber = (value) => typeof value === "number";
const isText = (value) => typeof value === "string";
const step = (name) => String(name).replaceAll("~", "~0").replaceAll("/", "~1");

function broken(keyword, pointer, message) {
    return { steps: [], keyword, pointer, message };
}

function into(found, name) {
    found.steps.push(name);
    return found;
}

/** JSON equality: order of members does not count. */
function same(left, right) {
    if (left === right) return true;
    if (Array.isArray(left) || Array.isArray(right)) {
        return (
            Array.isArray(left) &&
            Array.isArray(right) &&
            left.length === right.length &&
            left.every((element, index) => same(element, right[index]))
        );
    }
    if (!isObject(left) || !isObject(right)) return false;
    const names = Object.keys(left);
    return (
        names.length === Object.keys(right).length &&
        names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
    );
}

const IS = {
    object: isObject,
    array: Array.isArray,
    string: isText,
    boolean: (value) => typeof value === "boolean",
    null: (value) => value === null,
    number: isNumber,
    integer: Number.isInteger,
};

function type(_compiler, _schema, wanted, pointer) {
    const names = isText(wanted) ? [wanted] : wanted;
    if (!Array.isArray(names) || !names.every((name) => Object.hasOwn(IS, name))) return undefined;
    const tests = names.map((name) => IS[name]);
    const message = `must be ${names.join(" or ")}`;
    const [only] = tests;
    if (tests.length === 1) {
        return (value) => (only(value) ? undefined : broken("type", pointer, message));
    }
    return (value) =>
        tests.some((test) => test(value)) ? undefined : broken("type", pointer, message);
}

function enumeration(_compiler, _schema, choices, pointer) {
    if (!Array.isArray(choices)) return undefined;
    return (value) =>
        choices.some((choice) => same(choice, value))
            ? undefined
            : broken("enum", pointer, "must be one of the values listed");
}

function constant(_compiler, _schema, wanted, pointer) {
    return (value) =>
        same(wanted, value) ? undefined : broken("const", pointer, "must be the value given");
}

/** Keywords that compare one number of the schema with the value. */
function measure(keyword, kind, text, isGood) {
    return (_compiler, _schema, bound, pointer) => {
        if (!isNumber(bound)) return undefined;
        const message = `${text} ${bound}`;
        return (value) =>
            kind(value) && !isGood(value, bound) ? broken(keyword, pointer, message) : undefined;
    };
}

/** Unicode characters, counted only where the length in UTF-16 does not tell already. */
function isShortEnough(text, charactersMax) {
    return text.length <= charactersMax || characters(text) <= charactersMax;
}

function isLongEnough(text, charactersMin) {
    if (text.length < charactersMin) return false;
    return text.length >= charactersMin * 2 || characters(text) >= charactersMin;
}

function characters(text) {
    let count = 0;
    for (const _ of text) count += 1;
    return count;
}

function isMultiple(value, factor) {
    if (factor <= 0) return true;
    if (Number.isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
    // 0.3 is a multiple of 0.1 in decimal digits; doubles say so only nearly.
    const quotient = value / factor;
    return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * 1e-9;
}

function searcher(text) {
    if (!isText(text)) return undefined;
    try {
        const pattern = new RegExp(text, "u");
        return (value) => pattern.test(value);
    } catch {
        return undefined;
    }
}

function pattern(_compiler, _schema, text, pointer) {
    const found = searcher(text);
    if (found === undefined) return undefined;
    return (value) =>
        isText(value) && !found(value)
            ? broken("pattern", pointer, `must match ${text}`)
            : undefined;
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

/** A text that is the same for the same JSON value. */
function key(value) {
    if (Array.isArray(value)) return `[${value.map(key).join(",")}]`;
    if (!isObject(value)) return JSON.stringify(value);
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${key(value[name])}`).join(",")}}`;
}

function uniqueItems(_compiler, _schema, wanted, pointer) {
    if (wanted !== true) return undefined;
    return (value) =>
        Array.isArray(value) && new Set(value.map(key)).size !== value.length
            ? broken("uniqueItems", pointer, "must not repeat an element")
            : undefined;
}

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
const UNSURE = new Set(["$ref", "pattern", "patternProperties", "multipleOf"]);

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
        if (!Object.hasOwn(KEYWORDS, keyword) || UNSURE.has(keyword)) return false;
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

const KEYWORDS = {
    $ref: reference,
    type,
    enum: enumeration,
    const: constant,
    minLength: measure("minLength", isText, "must have characters: at least", isLongEnough),
    maxLength: measure("maxLength", isText, "must have characters: at most", isShortEnough),
    pattern,
    minimum: measure("minimum", isNumber, "must be at least", (value, bound) => value >= bound),
    maximum: measure("maximum", isNumber, "must be at most", (value, bound) => value <= bound),
    exclusiveMinimum: measure(
        "exclusiveMinimum",
        isNumber,
        "must be above",
        (value, bound) => value > bound,
    ),
    exclusiveMaximum: measure(
        "exclusiveMaximum",
        isNumber,
        "must be below",
        (value, bound) => value < bound,
    ),
    multipleOf: measure("multipleOf", isNumber, "must be a multiple of", isMultiple),
    required,
    dependentRequired,
    minProperties: measure(
        "minProperties",
        isObject,
        "must have members: at least",
        (value, bound) => Object.keys(value).length >= bound,
    ),
    maxProperties: measure(
        "maxProperties",
        isObject,
        "must have members: at most",
        (value, bound) => Object.keys(value).length <= bound,
    ),
    propertyNames,
    properties,
    patternProperties,
    additionalProperties,
    minItems: measure(
        "minItems",
        Array.isArray,
        "must have elements: at least",
        (value, bound) => value.length >= bound,
    ),
    maxItems: measure(
        "maxItems",
        Array.isArray,
        "must have elements: at most",
        (value, bound) => value.length <= bound,
    ),
    uniqueItems,
    prefixItems,
    items,
    allOf,
    anyOf,
    oneOf,
    not,
    if: conditional,
};

module.exports = { KEYWORDS, isObject, step };
