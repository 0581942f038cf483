"""Writes bytes that are no frame when it is asked for its tools."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-garbage-on-describe", "version": "1.0.0"}


def rig_tools():
    os.write(4, b"\x05\x00\x00\x00{oops")
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
    return {}
