"use strict";
// Values to JSON text, strictly: what JSON.stringify would quietly turn into null is refused.

const LONE = /\p{Surrogate}/u;

/** The value has no JSON form. */
class TextError extends Error {}

/** Compact text. Throws TextError saying what has no JSON form. */
function encode(value) {
    let text;
    try {
        text = JSON.stringify(value);
    } catch (problem) {
        const deep = problem instanceof RangeError ? "it is nested too deep" : problem.message;
        throw new TextError(deep);
    }
    if (text === undefined) throw new TextError(`${typeof value} has no JSON form`);
    // NaN and the infinities were written as null, a lone surrogate as \ud…: only a text that
    // has these is worth a walk.
    if (text.includes("null") || text.includes("\\ud")) walk(value);
    return text;
}

function walk(value) {
    if (typeof value === "number") {
        if (!Number.isFinite(value)) throw new TextError(`${value} is not JSON`);
    } else if (typeof value === "string") {
        if (LONE.test(value)) throw new TextError("a text has a lone surrogate, not a character");
    } else if (Array.isArray(value)) {
        for (const element of value) walk(element);
    } else if (value !== null && typeof value === "object" && typeof value.toJSON !== "function") {
        for (const name of Object.keys(value)) {
            walk(name);
            walk(value[name]);
        }
    }
}

module.exports = { TextError, encode };
