"""JSON text to values and back, strictly.

`import json` doubles the start of an interpreter (it brings `re`), so the C scanner and
encoder under it are used directly where they are there, and `json` where they are not.
"""


class TextError(ValueError):
    """The text is not the JSON this protocol allows."""


def _unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TextError("an object names a member twice")
    return members


def _finite(text):
    number = float(text)
    if number - number != 0:
        raise TextError("a number is beyond the range of a double")
    return number


def _constant(name):
    raise TextError(f"{name} is not JSON")


class _Settings:
    """What the C scanner reads from its caller; the names are json.JSONDecoder's."""

    strict = True
    object_hook = None
    object_pairs_hook = staticmethod(_unique)
    parse_float = staticmethod(_finite)
    parse_int = int
    parse_constant = staticmethod(_constant)


def _refuse(value):
    raise TypeError(f"{type(value).__name__} has no JSON form")


try:
    import _json

    _scan = _json.make_scanner(_Settings())
    # No table of open containers: it would be shared by all threads. A circle then ends as
    # RecursionError, which encode() reports.
    _chunks = _json.make_encoder(
        None, _refuse, _json.encode_basestring, None, ":", ",", False, False, False
    )
    if "".join(_chunks({"a": [1, "é"]}, 0)) != '{"a":[1,"é"]}':
        raise ImportError("the C encoder writes another form")
except (ImportError, AttributeError, TypeError):
    import json

    _scan = json.JSONDecoder(
        object_pairs_hook=_unique, parse_float=_finite, parse_constant=_constant
    ).scan_once
    _writer = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_refuse
    )

    def _chunks(value, _):
        return (_writer.encode(value),)


def decode(body):
    """Bytes to a value. Raises TextError on anything that is not one strict JSON text."""
    try:
        text = body.decode("utf-8")
        value, end = _scan(text, 0)
        if end != len(text) and text[end:].strip(" \t\r\n"):
            raise TextError(f"more text after the value, at character {end}")
        return value
    except TextError:
        raise
    except StopIteration:
        raise TextError("no JSON value where one must start") from None
    except SystemError:
        # The C scanner met a fault and, with `json` not loaded, has no exception to tell it by.
        raise TextError("no JSON value, or one that does not end") from None
    except RecursionError:
        raise TextError("nested too deep") from None
    except ValueError as problem:
        raise TextError(str(problem)) from None


def encode(value):
    """A value to compact text. Raises TextError saying what has no JSON form."""
    try:
        return "".join(_chunks(value, 0))
    except RecursionError:
        raise TextError("it is circular or nested too deep") from None
    except (TypeError, ValueError, OverflowError) as problem:
        raise TextError(str(problem)) from None
