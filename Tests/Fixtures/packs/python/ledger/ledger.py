"""Writes what it does into its data folder, where it outlives every process, then ends as told."""

import os
import time

SCHEMA = {
    "type": "object",
    "properties": {
        "key": {"type": "string"},
        "seconds": {"type": "number", "minimum": 0},
        "end": {"enum": ["ok", "again", "never", "crash"]},
        "bytes": {"type": "integer"},
        "fails": {"type": "integer"},
    },
    "required": ["key"],
    "additionalProperties": False,
}


def rig_pack_metadata():
    return {
        "rsp": "1.0",
        "name": "rig-pack-ledger",
        "version": "1.0.0",
        "capabilities": {"fs": ["data"]},
    }


def rig_tools():
    def tool(name, risk, idempotent, timeout):
        return {
            "rtp": "1.0",
            "name": name,
            "description": "Notes a key, takes its time, then ends as told.",
            "risk": risk,
            "idempotent": idempotent,
            "timeout_ms": timeout,
            "input_schema": SCHEMA,
        }

    return [
        tool("add", "write", False, 3600000),
        tool("hurry", "write", False, 300),
        tool("put", "write", True, 30000),
        tool("look", "read", True, 30000),
    ]


def rig_impls():
    return {name: note for name in ("add", "hurry", "put", "look")}


def note(args, ctx):
    """Fails the first `fails` attempts, or all of them; notes each before anything else."""
    line = args["key"] + "\n"
    file = os.open(ctx.data_dir + "/notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, line.encode())
    os.close(file)
    # Heeds neither its deadline nor a cancellation: whoever gives up on it knows nothing of its end.
    time.sleep(args.get("seconds", 0))
    if ctx.attempt <= args.get("fails", 1 << 30):
        end = args.get("end", "ok")
        if end == "crash":
            os._exit(9)
        if end != "ok":
            raise ctx.error("upstream_error", "not now", retryable=end == "again")
    return {
        "attempt": ctx.attempt,
        "told": ctx.idempotency_key,
        "filling": "x" * args.get("bytes", 0),
    }
