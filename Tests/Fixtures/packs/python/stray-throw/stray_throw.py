"""Throws outside of its call, while the call still runs."""

import threading


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-stray-throw", "version": "1.0.0"}


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
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    return {"alive": True}
