"""Declares a tool without a risk."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-bad-tooldef", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Misbehaves.",
            "input_schema": {"type": "object", "properties": {}},
        }
    ]


def rig_impls():
    return {"go": go}


def go(args, ctx):
    return {}
