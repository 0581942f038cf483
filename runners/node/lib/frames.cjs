"use strict";
// Frames over pipes: u32 little-endian length, then that many bytes of one JSON object.
//
// In: by the event loop, into one buffer that is reused (`onread`): no stream, no allocation.
// Out: by writeSync, which for a small frame is one system call and no trip through the loop.
// A large one blocks until the sidecar has read it (that is the back pressure).

const fs = require("node:fs");
const net = require("node:net");

const READ_BYTES = 65536;
const SMALL_BYTES = 65536;
// Until hello names the cap. A hello frame is a few hundred bytes.
const HELLO_BYTES_MAX = 1 << 20;
const HEADER_BYTES = 4;
const PAUSE_MS = 1;

/** The other side broke the protocol; nothing it sends can be trusted any more. */
class ProtocolError extends Error {}

/** A frame over the cap, noticed before a byte of it was written. */
class TooBig extends Error {
    constructor(bytesCount, bytesMax) {
        super(`${bytesCount} bytes, at most ${bytesMax}`);
        this.bytesCount = bytesCount;
        this.bytesMax = bytesMax;
    }
}

/** Cuts frames out of a byte stream; sans I/O: `push` bytes, `onText` gets each body. */
class Cutter {
    constructor(onText) {
        this.bytesMax = HELLO_BYTES_MAX;
        this.onText = onText;
        this.header = Buffer.alloc(HEADER_BYTES);
        this.headerCount = 0;
        this.body = null; // the frame that did not arrive in one piece
        this.bodyCount = 0;
    }

    get isBetweenFrames() {
        return this.headerCount === 0;
    }

    push(bytes, count) {
        let offset = 0;
        while (offset < count) {
            if (this.headerCount === 0 && count - offset >= HEADER_BYTES) {
                // The usual case: the whole frame is here.
                const start = offset + HEADER_BYTES;
                const length = this.checked(bytes.readUInt32LE(offset));
                if (count - start >= length) {
                    offset = start + length;
                    this.onText(textOf(bytes, start, offset));
                    continue;
                }
            }
            offset = this.collect(bytes, offset, count);
        }
    }

    collect(bytes, offset, count) {
        if (this.body === null) {
            const end = Math.min(count, offset + HEADER_BYTES - this.headerCount);
            bytes.copy(this.header, this.headerCount, offset, end);
            this.headerCount += end - offset;
            if (this.headerCount === HEADER_BYTES) {
                this.body = Buffer.allocUnsafe(this.checked(this.header.readUInt32LE(0)));
                this.bodyCount = 0;
            }
            offset = end;
        }
        if (this.body !== null) {
            const end = Math.min(count, offset + this.body.length - this.bodyCount);
            bytes.copy(this.body, this.bodyCount, offset, end);
            this.bodyCount += end - offset;
            offset = end;
            if (this.bodyCount === this.body.length) {
                const body = this.body;
                this.body = null;
                this.headerCount = 0;
                this.onText(textOf(body, 0, body.length));
            }
        }
        return offset;
    }

    checked(length) {
        if (length > this.bytesMax) {
            const cap = `the cap of ${this.bytesMax}`;
            throw new ProtocolError(`a frame of ${length} bytes is over ${cap}`);
        }
        return length;
    }
}

/** Strict UTF-8: Node puts U+FFFD for what is none, so only a text with one is looked at. */
function textOf(bytes, start, end) {
    const text = bytes.toString("utf8", start, end);
    if (text.includes("\ufffd") && !isUtf8(bytes.subarray(start, end))) {
        throw new ProtocolError("a frame is not UTF-8");
    }
    return text;
}

function isUtf8(bytes) {
    return Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);
}

/** Reads frames from a descriptor for as long as the process lives. */
function read(fd, cutter, onEnd, onProblem) {
    const socket = new net.Socket({
        fd,
        readable: true,
        writable: false,
        onread: {
            buffer: Buffer.allocUnsafeSlow(READ_BYTES),
            callback(count, bytes) {
                try {
                    cutter.push(bytes, count);
                } catch (problem) {
                    onProblem(problem);
                }
                return true;
            },
        },
    });
    socket.on("end", onEnd);
    socket.on("error", onProblem);
    socket.resume();
}

/** Sends whole frames. */
class Writer {
    constructor(fd) {
        this.fd = fd;
        this.bytesMax = HELLO_BYTES_MAX;
        this.small = Buffer.allocUnsafeSlow(SMALL_BYTES);
    }

    /** Throws TooBig (nothing was written), or what fs.writeSync throws. */
    send(text) {
        // A UTF-16 unit takes at most three bytes of UTF-8.
        const fits = text.length * 3 + HEADER_BYTES <= SMALL_BYTES;
        const size = fits ? this.small.write(text, HEADER_BYTES) : Buffer.byteLength(text);
        if (size > this.bytesMax) throw new TooBig(size, this.bytesMax);
        const frame = fits ? this.small : Buffer.allocUnsafe(HEADER_BYTES + size);
        if (!fits) frame.write(text, HEADER_BYTES);
        frame.writeUInt32LE(size, 0);
        const end = HEADER_BYTES + size;
        let offset = 0;
        while (offset < end) offset += this.write(frame, offset, end - offset);
    }

    write(frame, offset, count) {
        try {
            return fs.writeSync(this.fd, frame, offset, count);
        } catch (problem) {
            if (problem.code !== "EAGAIN") throw problem;
            // Only where fd 3 and fd 4 are one socket, which the loop made non-blocking.
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
            return 0;
        }
    }
}

module.exports = { Cutter, ProtocolError, TooBig, Writer, read };
