"""One builder a keyword: (compiler, schema, keyword's value, pointer) to a check or None.

A check returns None, or (steps, keyword, schema_pointer, message); whoever descends appends
its step, so a walk that succeeds builds no path at all. A keyword whose value this subset
does not understand builds nothing.
"""


def step(name):
    return str(name).replace("~", "~0").replace("/", "~1")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(left, right):
    """JSON equality: 1 is 1.0, true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    return left == right and (type(left) is type(right) or (is_number(left) and is_number(right)))


_IS = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": is_number,
    "integer": lambda value: is_number(value) and value == value // 1,
}


def _type(compiler, schema, wanted, pointer):
    names = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(names, list) or not all(name in _IS for name in names):
        return None
    failed = ([], "type", pointer, f"must be {' or '.join(names)}")
    if len(names) == 1:
        matches = _IS[names[0]]
        return lambda value: None if matches(value) else ([], *failed[1:])
    tests = tuple(_IS[name] for name in names)
    return lambda value: None if any(test(value) for test in tests) else ([], *failed[1:])


def _enum(compiler, schema, choices, pointer):
    if not isinstance(choices, list):
        return None

    def check(value):
        for choice in choices:
            if same(choice, value):
                return None
        return ([], "enum", pointer, "must be one of the values listed")

    return check


def _const(compiler, schema, wanted, pointer):
    def check(value):
        return None if same(wanted, value) else ([], "const", pointer, "must be the value given")

    return check


def _measure(keyword, kind, measured, unit, is_good):
    """Keywords that compare one number of the schema with one number of the value."""

    def build(compiler, schema, bound, pointer):
        if not is_number(bound):
            return None
        text = f"{unit} {bound}"

        def check(value):
            if kind(value) and not is_good(measured(value), bound):
                return ([], keyword, pointer, text)
            return None

        return check

    return build


def _is_text(value):
    return isinstance(value, str)


def _is_list(value):
    return isinstance(value, list)


def _is_object(value):
    return isinstance(value, dict)


def _itself(value):
    return value


def _at_least(value, bound):
    return value >= bound


def _at_most(value, bound):
    return value <= bound


def _above(value, bound):
    return value > bound


def _below(value, bound):
    return value < bound


def _is_multiple(value, factor):
    if factor <= 0:
        return True
    if isinstance(value, int) and isinstance(factor, int):
        return value % factor == 0
    from fractions import Fraction

    # By the decimal digits, so that 0.3 is a multiple of 0.1.
    return (Fraction(str(value)) / Fraction(str(factor))).denominator == 1


def _pattern(compiler, schema, text, pointer):
    from .schema_patterns import searcher

    found = searcher(text)
    if found is None:
        return None

    def check(value):
        if isinstance(value, str) and not found(value):
            return ([], "pattern", pointer, f"must match {text}")
        return None

    return check


def _required(compiler, schema, names, pointer):
    if not isinstance(names, list):
        return None

    def check(value):
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return ([], "required", pointer, f"{name} is missing")
        return None

    return check


def _dependent_required(compiler, schema, table, pointer):
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


def _into(found, name):
    found[0].append(name)
    return found


def _properties(compiler, schema, table, pointer):
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
                        return _into(found, name)
        return None

    return check


def _pattern_properties(compiler, schema, table, pointer):
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
                            return _into(found, name)
        return None

    return check if checks else None


def _additional_properties(compiler, schema, rule, pointer):
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
                    return _into(found, name)
        return None

    return check


def _property_names(compiler, schema, rule, pointer):
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


def _prefix_items(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    checks = [compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules)]

    def check(value):
        if isinstance(value, list):
            for index, (inner, element) in enumerate(zip(checks, value)):
                found = inner and inner(element)
                if found is not None:
                    return _into(found, index)
        return None

    return check


def _items(compiler, schema, rule, pointer):
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
                    return _into(found, index)
        return None

    return check


def _unique_items(compiler, schema, wanted, pointer):
    if wanted is not True:
        return None
    from .text import encode

    def key(value):
        if isinstance(value, dict):
            return {name: key(value[name]) for name in sorted(value)}
        if isinstance(value, list):
            return [key(element) for element in value]
        if isinstance(value, float) and value == value // 1:
            return int(value)
        return value

    def check(value):
        if not isinstance(value, list):
            return None
        if len({encode(key(element)) for element in value}) == len(value):
            return None
        return ([], "uniqueItems", pointer, "must not repeat an element")

    return check


def _all_of(compiler, schema, rules, pointer):
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


def _any_of(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    checks = [compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules)]

    def check(value):
        if any(inner is None or inner(value) is None for inner in checks):
            return None
        return ([], "anyOf", pointer, "must fit one of the forms")

    return check


def _one_of(compiler, schema, rules, pointer):
    if not isinstance(rules, list):
        return None
    checks = [compiler.compile(rule, f"{pointer}/{index}") for index, rule in enumerate(rules)]
    # Two forms that seem to hold may differ in a keyword this subset lets pass.
    counted = all(map(_is_known, rules))

    def check(value):
        holding = sum(1 for inner in checks if inner is None or inner(value) is None)
        if holding == 1 or (holding > 1 and not counted):
            return None
        return ([], "oneOf", pointer, "must fit exactly one of the forms")

    return check


def _not(compiler, schema, rule, pointer):
    if rule is True:
        return lambda value: ([], "not", pointer, "nothing is allowed here")
    if not _is_known(rule):
        return None
    inner = compiler.compile(rule, pointer)

    def check(value):
        if inner is None or inner(value) is None:
            return ([], "not", pointer, "must not be what `not` describes")
        return None

    return check


def _if(compiler, schema, rule, pointer):
    if not _is_known(rule):
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


def _ref(compiler, schema, target, pointer):
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


def _is_known(rule):
    """Whether the subset understands a schema wholly: under `not` and `if`, letting pass what
    is not understood would turn into refusing it. References are not followed: not known."""
    if isinstance(rule, bool):
        return True
    if not isinstance(rule, dict):
        return False
    for keyword, value in rule.items():
        if keyword in _SILENT:
            continue
        if keyword not in KEYWORDS or keyword in ("$ref", "pattern", "patternProperties"):
            return False
        inner = []
        if keyword == "properties":
            inner = list(value.values())
        elif keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
            inner = value
        elif keyword in ("not", "if", "items", "additionalProperties", "propertyNames"):
            inner = [value]
        if not all(_is_known(part) for part in inner):
            return False
    return all(_is_known(rule[name]) for name in ("then", "else") if name in rule)


KEYWORDS = {
    "$ref": _ref,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minLength": _measure("minLength", _is_text, len, "characters: at least", _at_least),
    "maxLength": _measure("maxLength", _is_text, len, "characters: at most", _at_most),
    "pattern": _pattern,
    "minimum": _measure("minimum", is_number, _itself, "must be at least", _at_least),
    "maximum": _measure("maximum", is_number, _itself, "must be at most", _at_most),
    "exclusiveMinimum": _measure("exclusiveMinimum", is_number, _itself, "must be above", _above),
    "exclusiveMaximum": _measure("exclusiveMaximum", is_number, _itself, "must be below", _below),
    "multipleOf": _measure("multipleOf", is_number, _itself, "must be a multiple of", _is_multiple),
    "required": _required,
    "dependentRequired": _dependent_required,
    "minProperties": _measure("minProperties", _is_object, len, "members: at least", _at_least),
    "maxProperties": _measure("maxProperties", _is_object, len, "members: at most", _at_most),
    "propertyNames": _property_names,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "minItems": _measure("minItems", _is_list, len, "elements: at least", _at_least),
    "maxItems": _measure("maxItems", _is_list, len, "elements: at most", _at_most),
    "uniqueItems": _unique_items,
    "prefixItems": _prefix_items,
    "items": _items,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
