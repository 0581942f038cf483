"""Keywords about the members of an object and the elements of an array.

A builder takes (compiler, schema, the keyword's value, its pointer) and gives a check or None,
None when the subset does not understand the value. A check returns None, or (steps, keyword,
schema_pointer, message); whoever descends appends its step, so a walk that succeeds builds no
path at all.
"""

from .schema_values import step


def required(compiler, schema, names, pointer):
    if not isinstance(names, list):
        return None

    def check(value):
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return ([], "required", pointer, f"{name} is missing")
        return None

    return check


def dependent_required(compiler, schema, table, pointer):
    if not isinstance(table, dict):
        return None

    def check(value):
        if isinstance(value, dict):
            for trigger, names in table.items():
                if trigger in value:
                    for name in names:
                        if name not in value:
                            message = f"{name} is missing, {trigger} needs it"
                            return ([], "dependentRequired", pointer, message)
        return None

    return check


def into(found, name):
    found[0].append(name)
    return found


def properties(compiler, schema, table, pointer):
    if not isinstance(table, dict):
        return None
    checks = [
        (name, compiler.compile(inner, f"{pointer}/{step(name)}")) for name, inner in table.items()
    ]
    checks = tuple(pair for pair in checks if pair[1] is not None)
    if not checks:
        return None

    def check(value):
        if isinstance(value, dict):
            for name, inner in checks:
                if name in value:
                    found = inner(value[name])
                    if found is not None:
                        return into(found, name)
        return None

    return check


def pattern_properties(compiler, schema, table, pointer):
    if not isinstance(table, dict):
        return None
    from .schema_patterns import searcher

    checks = []
    for text, inner in table.items():
        matches = searcher(text)
        check = compiler.compile(inner, f"{pointer}/{step(text)}")
        if matches is not None and check is not None:
            checks.append((matches, check))

    def check(value):
        if isinstance(value, dict):
            for name, member in value.items():
                for matches, inner in checks:
                    if matches(name):
                        found = inner(member)
                        if found is not None:
                            return into(found, name)
        return None

    return check if checks else None


def additional_properties(compiler, schema, rule, pointer):
    named = schema.get("properties")
    named = frozenset(named) if isinstance(named, dict) else frozenset()
    patterns = []
    if isinstance(schema.get("patternProperties"), dict):
        from .schema_patterns import searcher

        patterns = [searcher(text) for text in schema["patternProperties"]]
        if None in patterns:
            return None  # a pattern not understood could be the one that allows the member
    inner = compiler.compile(rule, pointer)
    if inner is None:
        return None

    def check(value):
        if isinstance(value, dict) and not (named.issuperset(value) and not patterns):
            for name, member in value.items():
                if name in named or any(matches(name) for matches in patterns):
                    continue
                if rule is False:
                    return ([name], "additionalProperties", pointer, "is not a known member")
                found = inner(member)
                if found is not None:
                    return into(found, name)
        return None

    return check


def property_names(compiler, schema, rule, pointer):
    inner = compiler.compile(rule, pointer)
    if inner is None:
        return None

    def check(value):
        if isinstance(value, dict):
            for name in value:
                found = inner(name)
                if found is not None:
                    return ([name], *found[1:])
        return None

    return check


def prefix_items(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    checks = [compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules)]

    def check(value):
        if isinstance(value, list):
            for index, (inner, element) in enumerate(zip(checks, value)):
                found = inner and inner(element)
                if found is not None:
                    return into(found, index)
        return None

    return check


def items(compiler, schema, rule, pointer):
    inner = compiler.compile(rule, pointer)
    if inner is None:
        return None
    prefix = schema.get("prefixItems")
    start = len(prefix) if isinstance(prefix, list) else 0

    def check(value):
        if isinstance(value, list):
            for index in range(start, len(value)):
                found = inner(value[index])
                if found is not None:
                    return into(found, index)
        return None

    return check


PARTS = {
    "required": required,
    "dependentRequired": dependent_required,
    "propertyNames": property_names,
    "properties": properties,
    "patternProperties": pattern_properties,
    "additionalProperties": additional_properties,
    "prefixItems": prefix_items,
    "items": items,
}
