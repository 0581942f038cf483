"""Answers a call that nobody made."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-foreign-id", "version": "1.0.0"}


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
    body = b'{"type":"result","id":4000000000,"ok":true,"output":{}}'
    os.write(4, len(body).to_bytes(4, "little") + body)
    return {}
