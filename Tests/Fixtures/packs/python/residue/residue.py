"""Leaves something wherever it can, and says what it finds there from before."""

import builtins
import os
import threading

LEFT = []


def _places(ctx):
    def in_file(folder):
        path = os.path.join(folder, "rig-residue-left-by-a-call")

        def leave():
            with open(path, "w") as file:
                file.write("left")

        return lambda: os.path.exists(path), leave

    def in_thread():
        wait = threading.Event().wait
        threading.Thread(target=wait, name="left", daemon=True).start()

    return {
        "global": (lambda: bool(LEFT), lambda: LEFT.append(1)),
        "builtin": (lambda: hasattr(builtins, "left"), lambda: setattr(builtins, "left", 1)),
        "environment": (
            lambda: "LEFT" in os.environ,
            lambda: os.environ.__setitem__("LEFT", "1"),
        ),
        "thread": (lambda: any(t.name == "left" for t in threading.enumerate()), in_thread),
        "work_dir": in_file(ctx.work_dir),
        "current folder": in_file(os.getcwd()),
        "temporary folder": in_file("/tmp"),
        "other folders": in_file(os.path.dirname(ctx.work_dir)),
    }


def go(args, ctx):
    places = _places(ctx)
    if args.get("private"):  # where no jail keeps the rest of the machine clean
        places = {name: places[name] for name in ("global", "environment", "work_dir")}
    # All of it before the first is left: two names may mean one place.
    found = [name for name, (is_there, _) in places.items() if is_there()]
    for _, leave in places.values():
        try:
            leave()
        except OSError:
            pass  # what cannot be left is as good as gone
    print("not flushed")
    return {"pid": os.getpid(), "found": found}


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-residue", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Leaves something and says what it finds.",
            "risk": "read",
            "input_schema": {"type": "object"},
        }
    ]


def rig_impls():
    return {"go": go}
