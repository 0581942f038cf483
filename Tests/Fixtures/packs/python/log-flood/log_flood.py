"""Sends 100000 log frames and as many progress frames in a call."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-log-flood", "version": "1.0.0"}


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
    for number in range(100000):
        ctx.log("info", "flood", {"number": number})
        ctx.progress(number, 100000)
    return {}
