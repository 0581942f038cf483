"use strict";
// The safety belt: arguments checked once more, right before a tool runs.
//
// `compile(schema)` gives a function from value to the first violation, or undefined. The
// sidecar has judged already with the whole of JSON Schema 2020-12; this knows the subset
// listed in spec/worker-protocol.md and lets pass what it does not know, so that it can only
// ever refuse what the sidecar refuses too.

const { violation } = require("./errors.cjs");
const { LOGIC, reference } = require("./schema-logic.cjs");
const { PARTS } = require("./schema-parts.cjs");
const { VALUES, isObject, step } = require("./schema-values.cjs");

// In the order in which they are checked.
const KEYWORDS = { $ref: reference, ...VALUES, ...PARTS, ...LOGIC };

/** Schemas of one document; references are resolved when they are first walked. */
class Compiler {
    #root;
    #atPointer = new Map();

    constructor(root) {
        this.#root = root;
    }

    /** A check of a value: undefined, or {steps, keyword, pointer, message}. */
    compile(schema, pointer) {
        if (schema === false) {
            return () => ({
                steps: [],
                keyword: "false",
                pointer,
                message: "nothing is allowed here",
            });
        }
        if (!isObject(schema)) return undefined;
        // A document in the document: its references start elsewhere.
        if (Object.hasOwn(schema, "$id") && pointer !== "") return undefined;
        const checks = [];
        for (const [keyword, build] of Object.entries(KEYWORDS)) {
            if (!Object.hasOwn(schema, keyword)) continue;
            const check = build(this, schema, schema[keyword], `${pointer}/${step(keyword)}`);
            if (check !== undefined) checks.push(check);
        }
        if (checks.length <= 1) return checks[0];
        return (value) => {
            for (const check of checks) {
                const found = check(value);
                if (found !== undefined) return found;
            }
            return undefined;
        };
    }

    /** The check at a local reference (`#`, `#/…`), undefined when it is not one of these. */
    reference(target) {
        if (typeof target !== "string" || !/^#(\/|$)/.test(target)) return undefined;
        if (!this.#atPointer.has(target)) {
            // Entered before it is compiled: a schema may refer to itself.
            this.#atPointer.set(target, undefined);
            const found = this.#find(target.slice(1));
            this.#atPointer.set(target, this.compile(found, target.slice(1)));
        }
        return this.#atPointer.get(target);
    }

    #find(pointer) {
        let place = this.#root;
        for (const part of pointer.split("/").slice(1)) {
            const name = decode(part).replaceAll("~1", "/").replaceAll("~0", "~");
            if (place === null || typeof place !== "object" || !Object.hasOwn(place, name))
                return true;
            place = place[name];
        }
        return place;
    }
}

function decode(part) {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

/** A function from value to undefined or one violation object (RTP validation_failed). */
function compile(schema) {
    const check = new Compiler(schema).compile(schema, "");
    if (check === undefined) return () => undefined;
    return (value) => {
        let found;
        try {
            found = check(value);
        } catch (problem) {
            if (problem instanceof RangeError) return undefined; // nested beyond the stack
            throw problem;
        }
        if (found === undefined) return undefined;
        const pointer = found.steps
            .reverse()
            .map((name) => `/${step(name)}`)
            .join("");
        return violation(pointer, found.keyword, found.pointer, found.message);
    };
}

module.exports = { compile };
