"""Does what the files beside it say, so that a test decides when something happens."""

import mmap
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def _is_there(name):
    return os.path.exists(os.path.join(HERE, name))


print("imported", flush=True)
while _is_there("hang"):
    time.sleep(0.005)
if _is_there("broken"):
    raise RuntimeError("this pack is broken")


def pid(args, ctx):
    return {"pid": os.getpid()}


def hold(args, ctx):
    """Waits for the file `release-KEY`, or its cancel."""
    key = args["key"]
    ctx.log("info", f"held {key}")
    while not _is_there(f"release-{key}"):
        if ctx.wait(0.005):
            ctx.log("info", f"cancelled {key}")
            return {"cancelled": True}
    return {"pid": os.getpid()}


def outlast(args, ctx):
    """Waits for the file `release-KEY`, and neither for its deadline nor for its cancel."""
    key = args["key"]
    ctx.log("info", f"held {key}")
    while not _is_there(f"release-{key}"):
        time.sleep(0.005)
    return {"pid": os.getpid()}


def deaf(args, ctx):
    ctx.log("info", "deaf")
    while True:
        time.sleep(3600)


def die(args, ctx):
    os._exit(args["status"])


def say(args, ctx):
    for name in ("stdout", "stderr"):
        for text, count in args.get(name, []):
            getattr(sys, name).write(text * count)
            getattr(sys, name).flush()
    return {}


def log(args, ctx):
    ctx.log(args["level"], args["text"] * args.get("count", 1))
    return {}


def report(args, ctx):
    for step in range(args["steps"]):
        ctx.progress(step, args["steps"], args["key"])
    return {}


def swell(args, ctx):
    """Takes shared memory, which no limit on data counts, then waits."""
    pages = mmap.mmap(-1, args["mebibytes"] << 20)
    for offset in range(0, len(pages), 4096):
        pages[offset] = 1
    ctx.log("info", "swollen")
    ctx.wait(60)
    return {}


def grind(args, ctx):
    """Takes a while in which no other thread of the interpreter runs."""
    ctx.log("info", "grinding")
    sum(range(20_000_000))
    return {"bytes": len(args.get("text", ""))}


TOOLS = {f.__name__: f for f in (pid, hold, outlast, deaf, die, say, log, report, swell, grind)}


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-steered", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": name,
            "description": "Steered by a test.",
            "risk": "read",
            "input_schema": {"type": "object"},
        }
        for name in TOOLS
    ]


def rig_impls():
    return TOOLS
