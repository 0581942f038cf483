"""What the tools do. Everything is written so that impls.cjs can do the very same."""

import os
import time

LEDGER = "ledger.jsonl"
NOTE = ".txt"
STEPS = 10
BREAKING = ("exception", "output_invalid", "no_json", "exit", "crash", "hang")


def say(args, ctx):
    return {"text": args["text"] * args.get("repeat", 1)}


def fail(args, ctx):
    kind = args["type"]
    if kind in BREAKING:
        return _break(kind, args)
    raise ctx.error(
        kind,
        args.get("message", f"failed as asked: {kind}"),
        code=args.get("code"),
        retryable=args.get("retryable"),
        details=args.get("details"),
    )


def _break(kind, args):
    message = args.get("message", "failed as asked")
    if kind == "output_invalid":
        return {"sometimes": message}
    if kind == "no_json":
        return {"never": float("nan")}
    if kind == "exit":
        raise SystemExit(message)
    if kind == "crash":
        os.abort()
    while kind == "hang":  # deaf to cancel, on purpose
        time.sleep(1)
    raise RuntimeError(message)


def sleep(args, ctx):
    seconds = args["seconds"]
    steps = STEPS if args.get("progress") else 1
    started = time.monotonic()
    for step in range(steps):
        if steps > 1:
            ctx.progress(step, steps)
        left = started + seconds * (step + 1) / steps - time.monotonic()
        if left > 0 and ctx.wait(left):
            raise ctx.error("cancelled", "woken before the time was over")
    if steps > 1:
        ctx.progress(steps, steps)
    return {"slept_seconds": seconds}


def big(args, ctx):
    return {"text": "x" * args["bytes"]}


def write_note(args, ctx):
    body = args["text"].encode("utf-8")
    number = 1
    while True:
        name = args["title"] + (f" {number}" if number > 1 else "") + NOTE
        try:
            # "x": two calls at once never write the same note.
            with open(os.path.join(_folder(ctx), name), "xb") as file:
                file.write(body)
            return {"file": name, "bytes": len(body)}
        except FileExistsError:
            number += 1


def pay(args, ctx):
    import json

    line = json.dumps(args, ensure_ascii=False, separators=(",", ":"))
    # One write to a file opened for appending: lines of two workers never mix.
    with open(os.path.join(_folder(ctx), LEDGER), "a+b", buffering=0) as file:
        file.write(line.encode("utf-8") + b"\n")
        file.seek(0)
        payment = file.read().count(b"\n")
    return {"payment": payment, **args}


def wipe(args, ctx):
    deleted = 0
    for name in os.listdir(_folder(ctx)):
        if name == LEDGER or name.endswith(NOTE):
            os.unlink(os.path.join(_folder(ctx), name))
            deleted += 1
    return {"deleted": deleted}


def _folder(ctx):
    return ctx.data_dir or ctx.work_dir


IMPLS = {
    "say": say,
    "fail": fail,
    "sleep": sleep,
    "big": big,
    "write_note": write_note,
    "pay": pay,
    "wipe": wipe,
}
