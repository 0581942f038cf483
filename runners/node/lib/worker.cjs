"use strict";
// The worker's life: hello, ready, then describe and invoke until shutdown or end of file.

const packs = require("./pack.cjs");
const { Call, failure, tooBig } = require("./call.cjs");
const { Context } = require("./context.cjs");
const { claimOf, fault, fromClaim, fromException, said } = require("./errors.cjs");
const { Cutter, ProtocolError, TooBig, Writer, read } = require("./frames.cjs");
const { TextError, encode } = require("./text.cjs");

const PROTOCOL = 1;
const REHEARSALS = 2;
const EXIT = { done: 0, pack: 1, protocol: 2, write: 3 };
// Taken now: a pack may put its own in their place.
const exit = process.exit.bind(process);

class Worker {
    constructor(fdIn, fdOut) {
        this.fdIn = fdIn;
        this.writer = new Writer(fdOut);
        this.cutter = new Cutter((text) => this.receive(text));
        this.calls = new Map();
        this.pack = undefined;
        this.checks = undefined;
        this.waiting = undefined; // messages that came while the pack was asked something
        this.sendText = (text) => this.send(text);
    }

    live() {
        process.on("uncaughtException", (problem) => this.fail(problem));
        const onEnd = () => {
            const isWhole = this.cutter.isBetweenFrames;
            if (isWhole) this.leave(EXIT.done);
            else this.leave(EXIT.protocol, "protocol error: the stream ended in a frame");
        };
        read(this.fdIn, this.cutter, onEnd, (problem) => this.refuseSidecar(problem));
    }

    // Messages ---------------------------------------------------------------------------

    receive(text) {
        let message;
        try {
            message = JSON.parse(text);
        } catch (problem) {
            throw new ProtocolError(`a frame is not JSON: ${problem.message}`);
        }
        if (message === null || typeof message !== "object" || !Object.hasOwn(message, "type")) {
            throw new ProtocolError("a frame is not an object with a type");
        }
        if (this.waiting === undefined) this.handle(message);
        else this.waiting.push(message);
    }

    handle(message) {
        if (this.pack === undefined) {
            this.pause(this.greet(message));
            return;
        }
        switch (message.type) {
            case "invoke":
                this.invoke(message);
                break;
            case "cancel":
                if (!Number.isSafeInteger(message.id))
                    throw new ProtocolError("cancel without an id");
                this.calls.get(message.id)?.cancel(); // unknown: it was answered meanwhile
                break;
            case "describe":
                this.pause(this.describe());
                break;
            case "shutdown":
                this.leave(EXIT.done);
                break;
            default:
                throw new ProtocolError(`unknown message '${message.type}'`);
        }
    }

    /** Keeps later messages back until `work` is done, so that they are answered in order. */
    pause(work) {
        this.waiting = [];
        work.then(() => {
            const messages = this.waiting;
            this.waiting = undefined;
            for (const message of messages) {
                if (this.waiting === undefined) this.handle(message);
                else this.waiting.push(message);
            }
        }).catch((problem) => this.refuseSidecar(problem));
    }

    // Hello and describe -----------------------------------------------------------------

    async greet(hello) {
        if (hello.type !== "hello") {
            throw new ProtocolError(`the first message is '${hello.type}', not hello`);
        }
        const { pack, limits } = hello;
        const isCount = (value) => Number.isSafeInteger(value) && value > 0;
        if (typeof pack?.root !== "string" || typeof pack.entry !== "string") {
            throw new ProtocolError("hello without pack.root and pack.entry");
        }
        if (!isCount(limits?.frame_bytes) || !isCount(limits.concurrency)) {
            throw new ProtocolError("hello without limits above 0");
        }
        this.cutter.bytesMax = this.writer.bytesMax = limits.frame_bytes;
        this.concurrency = limits.concurrency;
        // Without a work_dir it is the folder that the worker was started in (listener.cjs).
        this.folders = { work_dir: process.cwd(), ...hello };
        const ready = {
            type: "ready",
            protocol: PROTOCOL,
            runtime: { name: "node", version: process.versions.node },
        };
        try {
            if (hello.protocol !== PROTOCOL) {
                const speaks = `this runner speaks protocol ${PROTOCOL}`;
                throw new packs.PackError(`${speaks}, not ${hello.protocol}`);
            }
            const loaded = await packs.load(pack.root, pack.entry);
            this.metadata = await packs.metadata(loaded);
            this.pack = loaded;
            // Now, and not while the first call waits.
            if (hello.prepare === true) await this.prepare(hello);
        } catch (problem) {
            if (!(problem instanceof packs.PackError)) throw problem;
            this.send(encode({ ...ready, error: fault("tool_error", problem.message) }));
            this.leave(EXIT.pack, problem.message);
        }
        const { name, version } = this.metadata;
        this.send(encode({ ...ready, pack: { name, version } }));
    }

    async prepare(hello) {
        await this.learn();
        for (const { name, examples } of this.definitions) {
            const check = this.checks.get(name);
            for (const example of examples ?? [{ args: {} }]) check(example.args);
        }
        await rehearse(hello);
    }

    async learn() {
        const { definitions, checks } = await packs.describe(this.pack);
        this.definitions = definitions;
        this.checks = checks;
    }

    async describe() {
        let error;
        try {
            await this.learn();
            const tools = { type: "tools", metadata: this.metadata, tools: this.definitions };
            this.send(encode(tools));
            return;
        } catch (problem) {
            if (problem instanceof packs.PackError) error = fault("tool_error", problem.message);
            else if (problem instanceof TooBig) error = tooBig("the tool list", problem);
            else throw problem;
        }
        this.checks = undefined;
        this.send(encode({ type: "tools", error }));
    }

    // Invoke -----------------------------------------------------------------------------

    invoke(message) {
        const { id, tool, args, ctx } = message;
        if (!Number.isSafeInteger(id) || typeof tool !== "string") {
            throw new ProtocolError("invoke with an id or a tool of the wrong kind");
        }
        if (!isObject(args) || !isObject(ctx)) {
            throw new ProtocolError("invoke whose args or ctx is no object");
        }
        if (this.calls.has(id)) throw new ProtocolError(`id ${id} is in use`);
        if (this.checks === undefined) {
            this.pause(this.learnThenInvoke(message));
            return;
        }
        const check = this.checks.get(tool);
        if (check === undefined) {
            this.send(failure(id, fault("tool_not_found", `the pack has no tool '${tool}'`)));
            return;
        }
        const violation = check(args);
        if (violation !== undefined) {
            const text = `${violation.pointer || "the arguments"}: ${violation.message}`;
            this.send(failure(id, fault("validation_failed", text, [violation])));
            return;
        }
        if (this.calls.size >= this.concurrency) {
            const busy = `${this.concurrency} calls are running, as many as hello allowed`;
            this.send(failure(id, fault("overloaded", busy, { retry_after_ms: 100 })));
            return;
        }
        const call = new Call(id);
        this.calls.set(id, call);
        this.run(call, tool, args, new Context(ctx, this.folders, call, this.sendText));
    }

    async learnThenInvoke(message) {
        try {
            await this.learn();
        } catch (problem) {
            if (!(problem instanceof packs.PackError)) throw problem;
            this.send(failure(message.id, fault("tool_error", problem.message)));
            return;
        }
        this.invoke(message);
    }

    run(call, tool, args, context) {
        let answer;
        try {
            answer = this.pack.invoke(tool, args, context);
        } catch (problem) {
            this.answerFailure(call, problem);
            return;
        }
        if (typeof answer?.then === "function") {
            answer.then(
                (value) => this.answer(call, value),
                (problem) => this.answerFailure(call, problem),
            );
        } else {
            this.answer(call, answer);
        }
    }

    answer(call, answer) {
        let text;
        try {
            text = this.answerText(call, answer);
        } catch (problem) {
            // A getter of the answer threw: the pack's fault as any other.
            this.answerFailure(call, problem);
            return;
        }
        this.finish(call, text);
    }

    answerText(call, answer) {
        if (answer?.ok === true) {
            try {
                const output = encode(answer.output ?? null);
                return `{"type":"result","id":${call.id},"ok":true,"output":${output}}`;
            } catch (problem) {
                if (!(problem instanceof TextError)) throw problem;
                const why = `the tool's output has no JSON form: ${problem.message}`;
                return failure(call.id, fault("tool_error", why));
            }
        }
        if (answer?.ok === false) {
            const claim = isObject(answer.error) ? answer.error : {};
            return failure(call.id, fromClaim(claim));
        }
        const why = "invoke() answered neither {ok: true, output} nor {ok: false, error}";
        return failure(call.id, fault("tool_error", why));
    }

    answerFailure(call, problem) {
        const claim = claimOf(problem);
        let error;
        if (claim !== undefined) {
            error = fromClaim(claim);
        } else if (call.isCancelled && problem?.name === "AbortError") {
            error = fault("cancelled", "the call was cancelled");
        } else {
            packs.report(problem);
            error = fromException(problem);
        }
        this.finish(call, failure(call.id, error));
    }

    finish(call, text) {
        if (call.isAnswered) return;
        call.isAnswered = true;
        this.calls.delete(call.id);
        try {
            this.send(text);
        } catch (problem) {
            if (!(problem instanceof TooBig)) throw problem;
            this.send(failure(call.id, tooBig("the output", problem)));
        }
    }

    // Ends -------------------------------------------------------------------------------

    /** Sends a frame; a pipe that is gone ends the worker. Throws TooBig. */
    send(text) {
        try {
            this.writer.send(text);
        } catch (problem) {
            if (problem instanceof TooBig) throw problem;
            this.leave(EXIT.write, `pipe: ${problem.message}`);
        }
    }

    refuseSidecar(problem) {
        if (problem instanceof ProtocolError) {
            this.leave(EXIT.protocol, `protocol error: ${problem.message}`);
        } else if (problem?.syscall === "read") {
            this.leave(EXIT.write, `pipe: ${problem.message}`);
        } else {
            this.fail(problem);
        }
    }

    /** Something was thrown that no call awaits: no call can be trusted to end any more. */
    fail(problem) {
        packs.report(problem);
        const message = `the pack failed outside of its calls: ${said(problem)}`;
        if (this.pack === undefined && this.waiting !== undefined) {
            const runtime = { name: "node", version: process.versions.node };
            const error = fault("tool_error", message);
            this.send(encode({ type: "ready", protocol: PROTOCOL, runtime, error }));
        }
        for (const call of [...this.calls.values()]) {
            this.finish(call, failure(call.id, fault("tool_error", message)));
        }
        this.leave(EXIT.pack, message);
    }

    leave(status, reason) {
        if (reason) {
            try {
                process.stderr.write(`rig runner: ${reason}\n`);
            } catch {
                // Nobody reads stderr any more; the exit status still tells.
            }
        }
        exit(status);
    }
}

/**
 * Calls of nothing, all the way but for the pipe: V8 compiles a function when it is first called,
 * which makes the first call of a worker five times as long as the second.
 */
async function rehearse(hello) {
    const stage = new Worker(-1, -1);
    stage.writer.write = (_frame, _offset, count) => count;
    stage.concurrency = 1;
    stage.folders = hello;
    stage.checks = new Map([["rehearsal", () => undefined]]);
    stage.pack = { invoke: async (_tool, args) => ({ ok: true, output: args }) };
    const ctx = { correlation_id: "", tenant_id: "", actor_id: "", attempt: 1, deadline_ms: 1 };
    for (let id = 1; id <= REHEARSALS; id += 1) {
        const text = JSON.stringify({ type: "invoke", id, tool: "rehearsal", ctx, args: {} });
        const frame = Buffer.from(`\0\0\0\0${text}`);
        frame.writeUInt32LE(frame.length - 4, 0);
        stage.cutter.push(frame, frame.length);
        await new Promise(setImmediate);
    }
}

function isObject(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value);
}

module.exports = { Worker };
