"""The safety belt: arguments checked once more, right before a tool runs.

`compile(schema)` gives a function from value to the first violation, or None. The sidecar
has judged already with the whole of JSON Schema 2020-12; this knows the subset listed in
spec/worker-protocol.md and lets pass what it does not know, so that it can only ever refuse
what the sidecar refuses too.
"""

from .errors import violation
from .schema_logic import LOGIC, reference
from .schema_parts import PARTS
from .schema_values import VALUES, step

# In the order in which they are checked.
KEYWORDS = {"$ref": reference, **VALUES, **PARTS, **LOGIC}


class Compiler:
    """Schemas of one document; references are resolved when they are first walked."""

    def __init__(self, root):
        self.root = root
        self._at_pointer = {}

    def compile(self, schema, pointer):
        """A check of a value: None, or (path steps reversed, keyword, pointer, message)."""
        if schema is True or not isinstance(schema, (dict, bool)):
            return None
        if schema is False:
            return lambda value: ([], "false", pointer, "nothing is allowed here")
        if "$id" in schema and pointer:
            return None  # a document in the document: its references start elsewhere
        checks = []
        for keyword, build in KEYWORDS.items():
            if keyword in schema:
                check = build(self, schema, schema[keyword], f"{pointer}/{step(keyword)}")
                if check is not None:
                    checks.append(check)
        if not checks:
            return None
        if len(checks) == 1:
            return checks[0]
        checks = tuple(checks)

        def every(value):
            for check in checks:
                found = check(value)
                if found is not None:
                    return found
            return None

        return every

    def reference(self, target):
        """The check at a local reference (`#`, `#/…`), None when it is not one of these."""
        if not isinstance(target, str) or not target.startswith("#"):
            return None
        if target not in self._at_pointer:
            found = self._find(target[1:])
            # Entered before it is compiled: a schema may refer to itself.
            self._at_pointer[target] = None
            if found is not None:
                self._at_pointer[target] = self.compile(found[0], target[1:])
        return self._at_pointer[target]

    def _find(self, pointer):
        if pointer and not pointer.startswith("/"):
            return None
        place = self.root
        for part in pointer.split("/")[1:]:
            part = _unescape(part)
            if isinstance(place, dict) and part in place:
                place = place[part]
            elif isinstance(place, list) and part.isdigit() and int(part) < len(place):
                place = place[int(part)]
            else:
                return None
        return (place,)


def _unescape(part):
    if "%" in part:
        from urllib.parse import unquote

        part = unquote(part)
    return part.replace("~1", "/").replace("~0", "~")


def compile(schema):
    """A function from value to None or one violation object (RTP validation_failed)."""
    check = Compiler(schema).compile(schema, "")
    if check is None:
        return lambda value: None

    def first_violation(value):
        try:
            found = check(value)
        except RecursionError:
            return None
        if found is None:
            return None
        steps, keyword, schema_pointer, message = found
        pointer = "".join(f"/{step(name)}" for name in reversed(steps))
        return violation(pointer, keyword, schema_pointer, message)

    return first_violation
