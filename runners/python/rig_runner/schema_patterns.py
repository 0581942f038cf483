"""ECMAScript patterns by Python's `re`, where both mean the same; otherwise not at all."""

import re

# Constructs that re reads differently or not at all: named groups, inline flags, \p{…}, \b
# (Unicode words there), set operations. A pattern with one of them is left to the sidecar.
_FOREIGN = re.compile(r"\(\?<[A-Za-z_]|\(\?[^:=!<]|\[\^?\]|\[\[|&&|\|\||~~|--")
_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_SETS = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_PLAIN_ESCAPES = frozenset(r"tnrvf\/^$.*+?()[]{}|-")


def searcher(text):
    """A function from string to whether the pattern is found in it, None if not understood."""
    if not isinstance(text, str) or _FOREIGN.search(text):
        return None
    translated = _translate(text)
    if translated is None:
        return None
    try:
        return re.compile(translated).search
    except (re.error, OverflowError, RecursionError):
        return None


def _translate(text):
    r"""ASCII-only \d and \w, ECMAScript's \s and dot, and a $ that means the very end."""
    out = []
    in_set = False
    index = 0
    while index < len(text):
        char = text[index]
        index += 1
        if char == "\\":
            if index == len(text):
                return None
            letter = text[index]
            index += 1
            char = _escape(letter, in_set)
            if char is None:
                return None
        elif char == "[" and not in_set:
            in_set = True
        elif char == "]" and in_set:
            in_set = False
        elif char == "$" and not in_set:
            char = r"\Z"
        elif char == "." and not in_set:
            char = r"[^\n\r\u2028\u2029]"
        out.append(char)
    return "".join(out)


def _escape(letter, in_set):
    if letter in _PLAIN_ESCAPES:
        return "\\" + letter
    if letter in _SETS:
        return _SETS[letter] if in_set else f"[{_SETS[letter]}]"
    if letter.lower() in _SETS and not in_set:
        return f"[^{_SETS[letter.lower()]}]"
    return None
