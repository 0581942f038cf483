"""Is this a ToolDef, is this metadata? The shape of spec/rtp/tool-definition.schema.json.

Written by hand: it runs at each describe, and a worker carries no schema files. The golden
vectors (spec/vectors) hold it to the same verdicts as the sidecar's.
"""

RISKS = ("read", "write", "destructive", "money")
AUTH_KINDS = ("bearer", "basic", "header", "query")
REQUIRED = ("rtp", "name", "description", "risk", "input_schema")

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_WORD = _LETTERS | frozenset("0123456789_")


def _is_name(value, first, rest, length_max):
    return (
        isinstance(value, str)
        and 0 < len(value) <= length_max
        and value[0] in first
        and rest.issuperset(value)
    )


def _name(value):
    return _is_name(value, _LETTERS, _WORD | {"-"}, 48)


def _slot(value):
    return _is_name(value, _LETTERS, _WORD, 48)


def _tag(value):
    return _is_name(value, _WORD - {"_"}, _WORD | set(".:-"), 64)


def _text(length_max):
    return lambda value: isinstance(value, str) and 0 < len(value) <= length_max


def _boolean(value):
    return isinstance(value, bool)


def _schema(value):
    return isinstance(value, dict)


def _input_schema(value):
    return isinstance(value, dict) and value.get("type") == "object"


def _timeout(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return value == int(value) and 1 <= value <= 86_400_000


def _one_of(choices):
    return lambda value: isinstance(value, str) and value in choices


def _list_of(element):
    return lambda value: isinstance(value, (list, tuple)) and all(map(element, value))


def _members(fields, required):
    """A check that says whether an object has exactly these members, each as it must be."""

    def check(value):
        return (
            isinstance(value, dict)
            and all(name in value for name in required)
            and all(name in fields and fields[name](member) for name, member in value.items())
        )

    return check


_auth = _members(
    {
        "slot": _slot,
        "kind": _one_of(AUTH_KINDS),
        "required": _boolean,
        "description": _text(4096),
    },
    ("slot", "kind", "required", "description"),
)
_example = _members(
    {"args": lambda value: isinstance(value, dict), "output": lambda value: True},
    ("args", "output"),
)

# member: (check, what it must be)
FIELDS = {
    "rtp": (_one_of(("1.0",)), 'the text "1.0"'),
    "name": (_name, "a letter, then up to 47 of letters, digits, _ and -"),
    "title": (_text(200), "1 to 200 characters of text"),
    "description": (_text(16384), "1 to 16384 characters of text"),
    "risk": (_one_of(RISKS), "one of read, write, destructive, money"),
    "input_schema": (_input_schema, 'a JSON Schema with "type": "object"'),
    "output_schema": (_schema, "a JSON Schema object"),
    "error_schema": (_schema, "a JSON Schema object"),
    "idempotent": (_boolean, "true or false"),
    "auth": (_list_of(_auth), "a list of {slot, kind, required, description}"),
    "timeout_ms": (_timeout, "a whole number from 1 to 86400000"),
    "tags": (_list_of(_tag), "a list of words of [A-Za-z0-9_.:-], at most 64 characters each"),
    "examples": (_list_of(_example), "a list of {args, output}"),
    "deprecated": (_boolean, "true or false"),
}


def problem(definition):
    """None for a ToolDef; otherwise one sentence that says what is wrong with it."""
    if not isinstance(definition, dict):
        return f"a ToolDef is an object, this is {type(definition).__name__}"
    for name in REQUIRED:
        if name not in definition:
            return f"{name} is missing"
    for name, value in definition.items():
        field = FIELDS.get(name)
        if field is None:
            return f"{name!r} is no field of a ToolDef"
        check, must_be = field
        if not check(value):
            return f"{name} must be {must_be}"
    return None


_texts = _list_of(_text(300))
_capabilities = _members(
    {"net": _texts, "fs": _list_of(_one_of(("data", "workspace"))), "secrets": _list_of(_slot)},
    (),
)


def metadata_problem(said):
    """None for good pack metadata (spec/rsp.md); otherwise what is wrong with it."""
    if not isinstance(said, dict):
        return f"metadata is an object, this is {type(said).__name__}"
    if said.get("rsp") != "1.0":
        return 'rsp must be the text "1.0"'
    for name in ("name", "version"):
        if not _text(200)(said.get(name)):
            return f"{name} must be 1 to 200 characters of text"
    if "capabilities" in said and not _capabilities(said["capabilities"]):
        return (
            'capabilities must be {net: ["host:port"], fs: ["data"|"workspace"], secrets: [slot]}'
        )
    for name in said:
        if name not in ("rsp", "name", "version", "capabilities"):
            return f"{name!r} is no field of pack metadata"
    return None
