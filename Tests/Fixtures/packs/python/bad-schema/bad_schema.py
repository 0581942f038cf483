"""Declares a tool whose input_schema is no JSON Schema."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-bad-schema", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Misbehaves.",
            "risk": "read",
            "input_schema": {"type": "object", "properties": 7},
        }
    ]


def rig_impls():
    return {"go": go}


def go(args, ctx):
    return {}
