"""Never says which tools it has."""

import time


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-hang-on-describe", "version": "1.0.0"}


def rig_tools():
    while True:
        time.sleep(3600)


def rig_impls():
    return {"go": go}


def go(args, ctx):
    return {}
