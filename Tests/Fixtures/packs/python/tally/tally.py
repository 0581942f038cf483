"""Well behaved: one tool with a side effect that can be counted from outside, its log line."""


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-tally", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "mark",
            "description": "Marks a key, then takes its time.",
            "risk": "write",
            "idempotent": False,
            "timeout_ms": 3600000,
            "input_schema": {
                "type": "object",
                "properties": {
                    "key": {"type": "string"},
                    "seconds": {"type": "number", "minimum": 0},
                },
                "required": ["key"],
                "additionalProperties": False,
            },
        }
    ]


def rig_impls():
    return {"mark": mark}


def mark(args, ctx):
    ctx.log("info", "mark " + args["key"])
    ctx.wait(args.get("seconds", 0))
    return {"key": args["key"]}
