"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");

const { TextError, encode } = require("../lib/text.cjs");

test("what has no JSON form is refused", () => {
    const circle = [];
    circle.push(circle);
    let deep = [];
    for (let depth = 0; depth < 100000; depth += 1) deep = [deep];
    const values = [
        Number.NaN,
        [Number.POSITIVE_INFINITY],
        { a: { b: [Number.NaN] } },
        "\ud800",
        { "\udc00": 1 },
        1n,
        undefined,
        () => {},
        circle,
        deep,
    ];
    for (const value of values) assert.throws(() => encode(value), TextError);
});

test("what looks like it, but is fine, passes", () => {
    const values = [null, { a: null }, "null", "\\ud800", "😀", [], { toJSON: () => null }];
    for (const value of values) assert.equal(encode(value), JSON.stringify(value));
    assert.equal(encode({ a: undefined, b: null }), '{"b":null}');
});
