"use strict";
// One call: its state while it runs, and the text of a result that is an error.

const { fault } = require("./errors.cjs");
const { encode } = require("./text.cjs");

/** One invoke that was not answered yet. */
class Call {
    #abort;

    constructor(id) {
        this.id = id;
        this.started = performance.now();
        this.isCancelled = false;
        this.isAnswered = false;
    }

    /** Made when it is first asked for: most calls never need one. */
    abort() {
        if (this.#abort === undefined) {
            this.#abort = new AbortController();
            if (this.isCancelled) this.#abort.abort();
        }
        return this.#abort;
    }

    cancel() {
        this.isCancelled = true;
        this.#abort?.abort();
    }
}

/** A result frame's text for an error; drops details that have no JSON form. */
function failure(id, error) {
    let text;
    try {
        text = encode(error);
    } catch {
        const { details, ...plain } = error;
        for (const name of ["message", "remediation"]) {
            if (plain[name] !== undefined) plain[name] = whole(plain[name]);
        }
        text = encode(plain);
    }
    return `{"type":"result","id":${id},"ok":false,"error":${text}}`;
}

function whole(text) {
    return text.replace(/\p{Surrogate}/gu, "?");
}

function tooBig(what, problem) {
    const { bytesCount, bytesMax } = problem;
    const message = `${what} takes ${bytesCount} bytes, a frame holds ${bytesMax}`;
    return fault("payload_too_large", message, { bytes: bytesCount, bytes_max: bytesMax });
}

module.exports = { Call, failure, tooBig };
