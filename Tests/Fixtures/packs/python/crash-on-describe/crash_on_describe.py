"""Raises when it is asked for its tools."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-crash-on-describe", "version": "1.0.0"}


def rig_tools():
    raise RuntimeError("no tools today")


def rig_impls():
    return {"go": go}


def go(args, ctx):
    return {}
