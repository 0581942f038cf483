"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");

const { Cutter, ProtocolError } = require("../lib/frames.cjs");

function frame(body) {
    const bytes = Buffer.from(body);
    const header = Buffer.alloc(4);
    header.writeUInt32LE(bytes.length);
    return Buffer.concat([header, bytes]);
}

/** Pushes a stream in pieces of `size` bytes, each in a buffer that is reused afterwards. */
function cut(stream, size) {
    const texts = [];
    const cutter = new Cutter((text) => texts.push(text));
    const reused = Buffer.alloc(size);
    for (let offset = 0; offset < stream.length; offset += size) {
        const count = stream.copy(reused, 0, offset, offset + size);
        cutter.push(reused, count);
        reused.fill(0xff);
    }
    return { cutter, texts };
}

test("frames are the same however the stream is cut", () => {
    const bodies = ["{}", "", '{"a":"é漢😀"}', "x".repeat(300), "{}"];
    const stream = Buffer.concat(bodies.map(frame));
    for (let size = 1; size <= stream.length + 1; size += 1) {
        const { cutter, texts } = cut(stream, size);
        assert.deepEqual(texts, bodies, `in pieces of ${size}`);
        assert.ok(cutter.isBetweenFrames);
    }
});

test("a stream that ends in a frame is seen", () => {
    const stream = frame("{}");
    for (let end = 1; end < stream.length; end += 1) {
        assert.ok(!cut(stream.subarray(0, end), 64).cutter.isBetweenFrames, `after ${end} bytes`);
    }
});

test("a length over the cap is refused before the body comes", () => {
    const cutter = new Cutter(() => assert.fail("no frame came"));
    cutter.bytesMax = 10;
    const header = Buffer.from([11, 0, 0, 0]);
    assert.throws(() => cutter.push(header, 4), ProtocolError);
    const slow = new Cutter(() => {});
    slow.bytesMax = 10;
    slow.push(header, 2);
    assert.throws(() => slow.push(header.subarray(2), 2), ProtocolError);
});

test("what is not UTF-8 is refused, U+FFFD itself is not", () => {
    const bad = Buffer.from([2, 0, 0, 0, 0x22, 0xff]);
    assert.throws(() => new Cutter(() => {}).push(bad, bad.length), ProtocolError);
    assert.deepEqual(cut(frame("\ufffd"), 64).texts, ["\ufffd"]);
});
