"""Writes the frame it is told to write, then says nothing more."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-raw-frame", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Writes `hex` as a frame, with the call's id where it has 'ID'.",
            "risk": "read",
            "idempotent": False,
            "input_schema": {
                "type": "object",
                "properties": {
                    "hex": {"type": "string"},
                    "length": {"type": "integer", "minimum": 0},
                },
                "required": ["hex"],
            },
            "output_schema": {"type": "object", "properties": {"a": {"type": "integer"}}},
        }
    ]


def rig_impls():
    return {"go": go}


def go(args, ctx):
    body = bytes.fromhex(args["hex"])
    body = body.replace(b"ID", str(ctx._call.id).encode())
    length = args.get("length", len(body))
    frame = memoryview(length.to_bytes(4, "little") + body)
    while frame:
        frame = frame[os.write(4, frame) :]
    while True:
        ctx.wait(60)
