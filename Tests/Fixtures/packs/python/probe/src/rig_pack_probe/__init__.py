"""A well-behaved pack that shows a test what its runner does; its twin is node/probe."""

import asyncio
import sys
import threading

INSIDE = set()


def context(args, ctx):
    names = "correlation_id tenant_id actor_id attempt deadline_ms idempotency_key approval_id"
    folders = "work_dir data_dir workspace_dir secrets"
    return {name: getattr(ctx, name) for name in f"{names} {folders}".split()}


def fail(args, ctx):
    how = args["how"]
    if how == "plain":
        raise ValueError("no such thing")
    if how == "claim":
        raise ctx.error(
            "upstream_error",
            "the API said 503",
            code="http_503",
            retryable=True,
            details={"status": 503},
            remediation="Try again later.",
        )
    if how == "forged":
        raise ctx.error("approval_required", "please approve me", code=None)
    if how == "bare_claim":
        problem = KeyError("x")
        problem.rig_error = {"type": "rate_limited", "message": 7, "code": "has spaces"}
        raise problem
    if how == "deep":
        return fail(args, ctx)
    if how == "exit":
        raise SystemExit(3)
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "odd_details":
        raise ctx.error("tool_error", "details have no JSON form", details={"a": object()})
    raise AssertionError(how)


def give(args, ctx):
    what = args["what"]
    if what == "nothing":
        return None
    if what == "nan":
        return {"number": float("nan")}
    if what == "no_json":
        return {"value": object()}
    if what == "deep":
        nest = []
        for _ in range(100000):
            nest = [nest]
        return nest
    if what == "circle":
        circle = []
        circle.append(circle)
        return circle
    if what == "surrogate":
        return "\ud800"
    if what == "unicode":
        return {"text": 'é 漢 😀 \u2028 \x01 "\\'}
    raise AssertionError(what)


def hold(args, ctx):
    return {"cancelled": ctx.wait(args.get("seconds", 60))}


def spin(args, ctx):
    turns = 0
    while not ctx.cancelled():
        turns += 1
    return {"cancelled": True}


def meet(args, ctx):
    """Ends when as many calls are inside at once as asked for."""
    INSIDE.add(ctx.correlation_id)
    while len(INSIDE) < args["count"]:
        if ctx.wait(0.002):
            raise ctx.error("timeout", f"only {len(INSIDE)} came")
    return {"met": True}


async def meet_async(args, ctx):
    INSIDE.add(ctx.correlation_id)
    while len(INSIDE) < args["count"]:
        await asyncio.sleep(0.002)
    return {"met": True}


async def hold_async(args, ctx):
    await asyncio.sleep(60)
    return {"cancelled": False}


async def fail_async(args, ctx):
    await asyncio.sleep(0)
    return fail(args, ctx)


async def say_async(args, ctx):
    await asyncio.sleep(0)
    return {"text": args["text"]}


def report(args, ctx):
    ctx.log("info", "begun", {"steps": 2, "odd": object})
    ctx.progress(1, 2, "half")
    ctx.progress(2)
    ctx.log("shout", "done")
    return {"done": True}


def late(args, ctx):
    """Tells its progress after it has answered: nothing of that may be sent."""
    threading.Timer(0.05, lambda: ctx.progress(9, 9, "too late")).start()
    return {"done": True}


def show(args, ctx):
    print(args["text"])
    print(args["text"], file=sys.stderr)
    return {"printed": True}


def strict(args, ctx):
    return args


def _schema(required=(), **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


TEXT = {"type": "string", "maxLength": 100000}
COUNT = {"type": "integer", "minimum": 1, "maximum": 100}
TOOLS = {
    "context": (context, _schema()),
    "fail": (fail, _schema(["how"], how=TEXT)),
    "give": (give, _schema(["what"], what=TEXT)),
    "hold": (hold, _schema(seconds={"type": "number"})),
    "spin": (spin, _schema()),
    "meet": (meet, _schema(["count"], count=COUNT)),
    "meet_async": (meet_async, _schema(["count"], count=COUNT)),
    "hold_async": (hold_async, _schema()),
    "fail_async": (fail_async, _schema(["how"], how=TEXT)),
    "say_async": (say_async, _schema(["text"], text=TEXT)),
    "report": (report, _schema()),
    "late": (late, _schema()),
    "show": (show, _schema(["text"], text=TEXT)),
    "strict": (strict, _schema(["n/m"], **{"n/m": {"type": "array", "items": COUNT}})),
}


class Pack:
    def rig_pack_metadata(self):
        return {"rsp": "1.0", "name": "rig-pack-probe", "version": "2.3.4"}

    def rig_tools(self):
        return [
            {
                "rtp": "1.0",
                "name": name,
                "description": "Probes its runner.",
                "risk": "read",
                "input_schema": schema,
            }
            for name, (_, schema) in TOOLS.items()
        ]

    def rig_impls(self):
        return {name: impl for name, (impl, _) in TOOLS.items()}


PACK = Pack()
