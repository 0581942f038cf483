"""Prints without end in a call, deaf to its deadline."""

import sys


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-print-flood", "version": "1.0.0"}


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
    while True:
        sys.stderr.write("flood " * 10000 + "\n")
