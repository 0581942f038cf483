"""Gives its secrets away in every way it knows: `token` comes by ctx, `key` by the environment."""

import base64
import json
import os
import sys
import urllib.parse

KEY = os.environ.get("LEAKY_KEY", "")
print("imported with", KEY, flush=True)
print("imported with", KEY, file=sys.stderr, flush=True)
if KEY.startswith("raise"):
    raise RuntimeError("cannot work with " + KEY)


def rig_pack_metadata():
    return {
        "rsp": "1.0",
        "name": "rig-pack-leaky",
        "version": "1.0.0",
        "capabilities": {"secrets": ["token", "key", "extra"]},
    }


def _slot(name, required):
    return {"slot": name, "kind": "bearer", "required": required, "description": "A secret."}


def rig_tools():
    described = "The key was %s." % ("there" if KEY else "not there")
    auth = [_slot("token", True), _slot("key", True), _slot("extra", False)]
    schema = {"type": "object"}
    return [
        {
            "rtp": "1.0",
            "name": name,
            "description": described,
            "risk": risk,
            "input_schema": schema,
            **({"auth": auth} if name != "bare" else {}),
        }
        for name, risk in (("leak", "read"), ("pay", "money"), ("bare", "read"))
    ]


def rig_impls():
    return {"leak": leak, "pay": leak, "bare": bare}


def bare(args, ctx):
    return {"slots": sorted(ctx.secrets)}


def leak(args, ctx):
    token, how = ctx.secrets["token"], args["how"]
    both = token + " and " + KEY
    if how == "plain":
        return {"a": both, "slots": sorted(ctx.secrets)}
    if how == "nested":
        return {"a": [[{"b": {"c": [1, both]}}]]}
    if how == "key":
        return {"a": {token: 1, KEY: 2}}
    if how == "base64":
        return [
            encode(("u" * lead + value + "v" * tail).encode()).decode().rstrip("=" * strip)
            for encode in (base64.b64encode, base64.urlsafe_b64encode)
            for value in (token, KEY)
            for lead in (0, 1, 2, 3)
            for tail in (0, 1)
            for strip in (0, 1)
        ]
    if how == "url":
        every = lambda form: "".join(form % byte for byte in both.encode())
        return [
            urllib.parse.quote(both),
            urllib.parse.quote(both, safe=""),
            urllib.parse.quote_plus(both),
            every("%%%02x"),
            every("%%%02X"),
        ]
    if how == "json":
        return [
            json.dumps(both),
            json.dumps([both], ensure_ascii=False),
            json.dumps(json.dumps(both)),
        ]
    if how == "error":
        raise ctx.error("upstream_error", "401 for " + both, remediation="do not use " + both)
    if how == "details":
        raise ctx.error("tool_error", "no", details={"a": [both], token: {KEY: 1}})
    if how == "exception":
        raise ValueError("bad header: " + both)
    if how == "log":
        ctx.log("info", "with " + both, {"token": token})
        ctx.log("error", json.dumps(both))
    if how == "progress":
        ctx.progress(1, 2, "with " + both)
    if how == "stdout":
        print("out:", both, json.dumps(both), base64.b64encode(both.encode()).decode(), flush=True)
    if how == "stderr":
        print("err:", both, urllib.parse.quote(both), file=sys.stderr, flush=True)
    if how == "long":
        for lead in (8180, 8190, 16370, 16384):
            print("x" * lead + both, flush=True)
            print("y" * lead + both, file=sys.stderr, flush=True)
    if how == "split":
        # A line is shown in parts once it is long, and this one's first part ends in the secret.
        sys.stdout.write("x" * 8186 + both[: len(token) // 2])
        sys.stdout.flush()
        ctx.wait(0.3)
        print(both[len(token) // 2 :], flush=True)
    if how == "across":
        return {"a": int(os.environ["LEAKY_PIN"])}
    if how == "words":
        print("last words:", both, file=sys.stderr, flush=True)
        os._exit(3)
    return {"done": how}
