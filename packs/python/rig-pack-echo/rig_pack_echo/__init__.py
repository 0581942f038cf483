"""Tools that show what RIG does with a call; the same as @rig/pack-echo for Node."""

from .impls import IMPLS
from .tools import TOOLS

VERSION = "1.0.0"


def rig_pack_metadata():
    return {
        "rsp": "1.0",
        "name": "rig-pack-echo",
        "version": VERSION,
        "capabilities": {"net": [], "fs": [], "secrets": []},
    }


def rig_tools():
    return TOOLS


def rig_impls():
    return IMPLS
