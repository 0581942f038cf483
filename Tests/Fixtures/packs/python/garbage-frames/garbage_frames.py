"""Writes bytes that are no frame where the frames go, in a call."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-garbage-frames", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Misbehaves.",
            "risk": "read",
            "input_schema": {"type": "object", "properties": {}},
        }
    ]


def rig_impls():
    return {"go": go}


def go(args, ctx):
    body = b"this is no JSON"
    os.write(4, len(body).to_bytes(4, "little") + body)
    ctx.wait(60)
    return {}
