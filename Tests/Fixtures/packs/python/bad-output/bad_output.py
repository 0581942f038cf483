"""Answers with what its output_schema forbids."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-bad-output", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Misbehaves.",
            "risk": "read",
            "input_schema": {"type": "object", "properties": {}},
            "output_schema": {"type": "object", "required": ["never"]},
        }
    ]


def rig_impls():
    return {"go": go}


def go(args, ctx):
    return {}
