"""Dies in a call, as by a bug in native code."""

import os


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-crash-in-call", "version": "1.0.0"}


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
    os.abort()
