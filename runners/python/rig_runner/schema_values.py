"""Keywords about one value: type, enum, const, numbers, texts, sizes, uniqueItems.

A builder takes (compiler, schema, the keyword's value, its pointer) and gives a check or None,
None when the subset does not understand the value. A check returns None, or (steps, keyword,
schema_pointer, message); whoever descends appends its step, so a walk that succeeds builds no
path at all.
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


def type_of(compiler, schema, wanted, pointer):
    names = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(names, list) or not all(name in _IS for name in names):
        return None
    failed = ([], "type", pointer, f"must be {' or '.join(names)}")
    if len(names) == 1:
        matches = _IS[names[0]]
        return lambda value: None if matches(value) else ([], *failed[1:])
    tests = tuple(_IS[name] for name in names)
    return lambda value: None if any(test(value) for test in tests) else ([], *failed[1:])


def enum(compiler, schema, choices, pointer):
    if not isinstance(choices, list):
        return None

    def check(value):
        for choice in choices:
            if same(choice, value):
                return None
        return ([], "enum", pointer, "must be one of the values listed")

    return check


def const(compiler, schema, wanted, pointer):
    def check(value):
        return None if same(wanted, value) else ([], "const", pointer, "must be the value given")

    return check


def measure(keyword, kind, measured, words, is_good):
    """Keywords that compare one number of the schema with one number of the value."""

    def build(compiler, schema, bound, pointer):
        if not is_number(bound):
            return None
        text = words.format(bound)

        def check(value):
            if kind(value) and not is_good(measured(value), bound):
                return ([], keyword, pointer, text)
            return None

        return check

    return build


def is_text(value):
    return isinstance(value, str)


def is_list(value):
    return isinstance(value, list)


def is_object(value):
    return isinstance(value, dict)


def itself(value):
    return value


def at_least(value, bound):
    return value >= bound


def at_most(value, bound):
    return value <= bound


def above(value, bound):
    return value > bound


def below(value, bound):
    return value < bound


def is_multiple(value, factor):
    if factor <= 0:
        return True
    if isinstance(value, int) and isinstance(factor, int):
        return value % factor == 0
    from fractions import Fraction

    # By the decimal digits, so that 0.3 is a multiple of 0.1.
    return (Fraction(str(value)) / Fraction(str(factor))).denominator == 1


def pattern(compiler, schema, text, pointer):
    from .schema_patterns import searcher

    found = searcher(text)
    if found is None:
        return None

    def check(value):
        if isinstance(value, str) and not found(value):
            return ([], "pattern", pointer, f"must match {text}")
        return None

    return check


def unique_items(compiler, schema, wanted, pointer):
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


def numbers(keyword, words, is_good):
    return measure(keyword, is_number, itself, words, is_good)


def sizes(keyword, kind, words, is_good):
    return measure(keyword, kind, len, words, is_good)


VALUES = {
    "type": type_of,
    "enum": enum,
    "const": const,
    "minLength": sizes("minLength", is_text, "must have at least {} characters", at_least),
    "maxLength": sizes("maxLength", is_text, "must have at most {} characters", at_most),
    "pattern": pattern,
    "minimum": numbers("minimum", "must be at least {}", at_least),
    "maximum": numbers("maximum", "must be at most {}", at_most),
    "exclusiveMinimum": numbers("exclusiveMinimum", "must be above {}", above),
    "exclusiveMaximum": numbers("exclusiveMaximum", "must be below {}", below),
    "multipleOf": numbers("multipleOf", "must be a multiple of {}", is_multiple),
    "minProperties": sizes("minProperties", is_object, "must have at least {} members", at_least),
    "maxProperties": sizes("maxProperties", is_object, "must have at most {} members", at_most),
    "minItems": sizes("minItems", is_list, "must have at least {} elements", at_least),
    "maxItems": sizes("maxItems", is_list, "must have at most {} elements", at_most),
    "uniqueItems": unique_items,
}
