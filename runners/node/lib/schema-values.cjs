"use strict";
// Keywords about one value: type, enum, const, numbers, texts, sizes, uniqueItems.
//
// A builder takes (compiler, schema, the keyword's value, its pointer) and gives a check or
// undefined, undefined when the subset does not understand the value. A check returns
// undefined, or {steps, keyword, pointer, message}; whoever descends appends its step, so a
// walk that succeeds builds no path at all.

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isNumber = (value) => typeof value === "number";
const isText = (value) => typeof value === "string";
const step = (name) => String(name).replaceAll("~", "~0").replaceAll("/", "~1");

function broken(keyword, pointer, message) {
    return { steps: [], keyword, pointer, message };
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
function measure(keyword, kind, words, isGood) {
    return (_compiler, _schema, bound, pointer) => {
        if (!isNumber(bound)) return undefined;
        const message = words.replace("{}", bound);
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

/** Keywords about a number of the value. */
const numbers = (keyword, words, isGood) => measure(keyword, isNumber, words, isGood);

const members = (value) => Object.keys(value).length;

const VALUES = {
    type,
    enum: enumeration,
    const: constant,
    minLength: measure("minLength", isText, "must have at least {} characters", isLongEnough),
    maxLength: measure("maxLength", isText, "must have at most {} characters", isShortEnough),
    pattern,
    minimum: numbers("minimum", "must be at least {}", (value, bound) => value >= bound),
    maximum: numbers("maximum", "must be at most {}", (value, bound) => value <= bound),
    exclusiveMinimum: numbers(
        "exclusiveMinimum",
        "must be above {}",
        (value, bound) => value > bound,
    ),
    exclusiveMaximum: numbers(
        "exclusiveMaximum",
        "must be below {}",
        (value, bound) => value < bound,
    ),
    multipleOf: numbers("multipleOf", "must be a multiple of {}", isMultiple),
    minProperties: measure(
        "minProperties",
        isObject,
        "must have at least {} members",
        (value, bound) => members(value) >= bound,
    ),
    maxProperties: measure(
        "maxProperties",
        isObject,
        "must have at most {} members",
        (value, bound) => members(value) <= bound,
    ),
    minItems: measure(
        "minItems",
        Array.isArray,
        "must have at least {} elements",
        (value, bound) => value.length >= bound,
    ),
    maxItems: measure(
        "maxItems",
        Array.isArray,
        "must have at most {} elements",
        (value, bound) => value.length <= bound,
    ),
    uniqueItems,
};

module.exports = { VALUES, broken, isObject, searcher, step };
