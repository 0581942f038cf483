"""Takes memory until there is none."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-memory-hog", "version": "1.0.0"}


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
    held = []
    while not ctx.cancelled():
        held.append(bytearray(16 << 20))
    return {}
