"""Writes a frame of 100 MB in a call."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-huge-frame", "version": "1.0.0"}


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
    body = b'{"type":"result","id":1,"ok":true,"output":"' + b"x" * 100_000_000 + b'"}'
    frame = memoryview(len(body).to_bytes(4, "little") + body)
    while frame:
        frame = frame[os.write(4, frame) :]
    return {}
