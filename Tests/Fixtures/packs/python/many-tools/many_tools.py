"""Declares more tools than a frame holds."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-many-tools", "version": "1.0.0"}


def rig_tools():
    text = "x" * 16000
    return [
        {
            "rtp": "1.0",
            "name": f"go{number}" if number else "go",
            "description": text,
            "risk": "read",
            "input_schema": {"type": "object"},
        }
        for number in range(2000)
    ]


def rig_impls():
    return {definition["name"]: go for definition in rig_tools()}


def go(args, ctx):
    return {}
