"""Answers its own call by hand, then returns."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-answers-twice", "version": "1.0.0"}


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
    body = b'{"type":"result","id":%d,"ok":true,"output":{"first":true}}' % ctx._call.id
    os.write(4, len(body).to_bytes(4, "little") + body)
    return {"second": True}
