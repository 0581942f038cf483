"""Keywords that join schemas: allOf, anyOf, oneOf, not, if, $ref.

A builder takes (compiler, schema, the keyword's value, its pointer) and gives a check or None,
None when the subset does not understand the value. A check returns None, or (steps, keyword,
schema_pointer, message); whoever descends appends its step, so a walk that succeeds builds no
path at all.
"""

from .schema_parts import PARTS
from .schema_values import VALUES


def all_of(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    compiled = (compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules))
    checks = [check for check in compiled if check is not None]

    def check(value):
        for inner in checks:
            found = inner(value)
            if found is not None:
                return found
        return None

    return check if checks else None


def any_of(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    checks = [compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules)]

    def check(value):
        if any(inner is None or inner(value) is None for inner in checks):
            return None
        return ([], "anyOf", pointer, "must fit one of the forms")

    return check


def one_of(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    checks = [compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules)]
    # Two forms that seem to hold may differ in a keyword this subset lets pass.
    counted = all(map(is_known, rules))

    def check(value):
        holding = sum(1 for inner in checks if inner is None or inner(value) is None)
        if holding == 1 or (holding > 1 and not counted):
            return None
        return ([], "oneOf", pointer, "must fit exactly one of the forms")

    return check


def negation(compiler, schema, rule, pointer):
    if rule is True:
        return lambda value: ([], "not", pointer, "nothing is allowed here")
    if not is_known(rule):
        return None
    inner = compiler.compile(rule, pointer)

    def check(value):
        if inner is None or inner(value) is None:
            return ([], "not", pointer, "must not be what `not` describes")
        return None

    return check


def condition(compiler, schema, rule, pointer):
    if not is_known(rule):
        return None
    condition = compiler.compile(rule, pointer)
    base = pointer[: -len("/if")]
    then = compiler.compile(schema.get("then", True), f"{base}/then")
    otherwise = compiler.compile(schema.get("else", True), f"{base}/else")

    def check(value):
        holds = condition is None or condition(value) is None
        branch = then if holds else otherwise
        return branch(value) if branch is not None else None

    return check


def reference(compiler, schema, target, pointer):
    # Resolved at the first walk, when the whole document can be compiled without a circle.
    def check(value):
        inner = compiler.reference(target)
        return inner(value) if inner is not None else None

    return check


_SILENT = frozenset(
    (
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "then",
        "else",
    )
)


def is_known(rule):
    """Whether the subset understands a schema wholly: under `not` and `if`, letting pass what
    is not understood would turn into refusing it. References are not followed: not known."""
    if isinstance(rule, bool):
        return True
    if not isinstance(rule, dict):
        return False
    for keyword, value in rule.items():
        if keyword in _SILENT:
            continue
        if keyword not in _SURE:
            return False
        inner = []
        if keyword == "properties":
            inner = list(value.values())
        elif keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
            inner = value
        elif keyword in ("not", "if", "items", "additionalProperties", "propertyNames"):
            inner = [value]
        if not all(is_known(part) for part in inner):
            return False
    return all(is_known(rule[name]) for name in ("then", "else") if name in rule)


LOGIC = {
    "allOf": all_of,
    "anyOf": any_of,
    "oneOf": one_of,
    "not": negation,
    "if": condition,
}

# Keywords whose every verdict is the sidecar's too: patterns may be left out, references are
# not followed here.
_SURE = (VALUES.keys() | PARTS.keys() | LOGIC.keys()) - {"pattern", "patternProperties"}
