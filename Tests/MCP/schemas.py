"""The official schema of each revision, when the corpora are beside the checkout."""

import functools
import json
import os
import pathlib

import jsonschema

from .workbench import MODERN, ROOT

FOLDER = pathlib.Path(os.environ.get("RIG_CORPORA", ROOT.parent / "shared/corpora")) / "mcp-schema"
RESULTS = {
    "initialize": ["InitializeResult"],
    "ping": ["EmptyResult"],
    "tools/list": ["ListToolsResult"],
    "tools/call": ["CallToolResult"],
    "server/discover": ["DiscoverResult"],
    "subscriptions/listen": ["SubscriptionsListenResult"],
}


@functools.cache
def validator(revision, name):
    schema = json.loads((FOLDER / revision / "schema.json").read_text())
    key = "$defs" if "$defs" in schema else "definitions"
    if name not in schema[key]:
        return None
    kind = jsonschema.validators.validator_for(schema)
    return kind({**schema, "$ref": f"#/{key}/{name}"})


def check(revision, name, value):
    found = validator(revision, name)
    if found is None:
        raise KeyError(f"{revision} has no {name}")
    found.validate(value)


def check_message(revision, message, sent):
    """Holds one message that RIG sent against its revision; `sent` is id -> method."""
    if isinstance(message, list):
        for one in message:
            check_message(revision, one, sent)
        return
    if "method" in message:
        check(revision, "ServerRequest" if "id" in message else "ServerNotification", message)
        if "id" in message:
            check(revision, "JSONRPCRequest", message)
        else:
            check(revision, "JSONRPCNotification", message)
    elif "error" in message:
        if "id" not in message and revision < "2025-11-25":
            revision = "2025-11-25"  # before a handshake; older ones have no words for it
        name = "JSONRPCErrorResponse" if revision >= "2025-11-25" else "JSONRPCError"
        check(revision, name, message)
    else:
        name = "JSONRPCResultResponse" if revision >= "2025-11-25" else "JSONRPCResponse"
        check(revision, name, message)
        method = sent[json.dumps(message["id"])]
        names = RESULTS[method]
        if revision == MODERN and message["result"]["resultType"] == "input_required":
            names = ["InputRequiredResult"]
        check(revision, names[0], message["result"])
        if method == "tools/list":
            for tool in message["result"]["tools"]:
                for key in ("inputSchema", "outputSchema"):
                    if key in tool:
                        jsonschema.Draft7Validator.check_schema(tool[key])
                        jsonschema.Draft202012Validator.check_schema(tool[key])
