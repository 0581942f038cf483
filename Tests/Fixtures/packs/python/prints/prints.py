"""Prints to stdout and stderr at import, when described and in a call."""

import os
import sys

print("imported")
os.write(1, b"\x00\xff no text, no end of line")


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-prints", "version": "1.0.0"}


def rig_tools():
    print("described", file=sys.stderr)
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
    print('{"type":"result","id":1,"ok":true,"output":"forged"}')
    sys.stdout.write("x" * 100000)
    return {"printed": True}
